"""text, what is known of its ticket -> spans: all that finds personal data, for mask and review."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketstream.processors.detectors import SAMPLE, Detectors
from ticketstream.processors.detectors.entities import Finder, nothing
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.masking import Numbering
from ticketstream.processors.readable import without_own
from ticketstream.schemas.masked import TokenValue
from ticketstream.vault import tokens


@dataclass(frozen=True, slots=True)
class Masker:
    """What a shop masks with.

    Attributes:
        token_key: the key under which tokens are bound to their tickets.
        readable: the shop's own names, addresses, numbers and sites; they stay readable.
        detectors: rules, with the forms of the shop's numbers.
        agents: finds the names of the people who answer.
        entities: finds names, addresses and places that no rule finds.
    """

    token_key: bytes
    readable: frozenset[str] = frozenset()
    detectors: Detectors = SAMPLE
    agents: Finder = nothing
    entities: Finder = nothing

    def find(self, text: str, known: Finder, placed: Sequence[Span] = ()) -> list[Span]:
        """What is personal in a text, overlaps included, without what is the shop's own.

        Args:
            text: as it came.
            known: finds what is known of the ticket.
            placed: what is personal by where it stands.
        """
        if not text:
            return []
        found = self.detectors.detect(text, (known, self.agents, self.entities))
        return without_own(text, [*found, *placed], self.readable)

    def numbering(self, ticket_id: str, given: Sequence[TokenValue] = ()) -> Numbering:
        """The tokens of a ticket, beginning with those that it has."""
        write = tokens.bound(ticket_id, self.token_key)
        return Numbering(write, self.detectors.canonical, given)
