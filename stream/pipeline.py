"""Every stage, in order, on one page."""

from ticketstream.processors.classify import classify
from ticketstream.processors.draft import draft
from ticketstream.processors.mask import mask
from ticketstream.processors.review import review
from ticketstream.processors.route import route
from ticketstream.stream.work import Stage

TEXT = frozenset({"text"})

MASK = Stage("mask", "ticket.received", "ticket.masked", mask, largest_batch=64)
CLASSIFY = Stage("classify", "ticket.masked", "ticket.classified", classify, TEXT, 64)
ROUTE = Stage("route", "ticket.classified", "ticket.routed", route, largest_batch=4_000)
DRAFT = Stage("draft", "ticket.routed", "draft.created", draft, TEXT, 8)
REVIEW = Stage("review", "agent.replied", "agent.edited", review, largest_batch=64)

STAGES = (MASK, CLASSIFY, ROUTE, DRAFT, REVIEW)
LINE = (MASK, CLASSIFY, ROUTE, DRAFT)  # the way of a ticket; review comes after people
