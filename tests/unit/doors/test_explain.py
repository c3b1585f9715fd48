"""Events of a ticket, in memory: their chain is told in words, and the decision made again."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from tests.unit.schemas.samples import AT, SAMPLES, TICKET

from ticketstream.doors import main as program
from ticketstream.doors.explain.again import Again, Found, compared, policy_of_then
from ticketstream.doors.explain.chain import Chain, chain_from
from ticketstream.doors.explain.told import Reader, lines, told
from ticketstream.processors.policy import default_policy, policy_hash
from ticketstream.processors.route import RouteResources, route
from ticketstream.processors.taxonomy import Tongue, shipped_labels
from ticketstream.schemas.classified import SecondOpinion, Sentiment, TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, Knowledge, Prompt
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import TicketError
from ticketstream.schemas.policy import Policy, PolicyChanged
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.stream.reading import Read

CODEC = Codec()
KEY = b"the key of the draws"
SHIPPED = default_policy()
TICKETS = [e for e in SAMPLES if not isinstance(e, PolicyChanged)]
CLASSIFIED = replace(
    next(e for e in SAMPLES if isinstance(e, TicketClassified)),
    triggers=("lawyer",),
    sentiment=Sentiment(-0.9, 0.95, 0.8),
)


def decided(policy: Policy, version: str = "0.1.0") -> TicketRouted:
    (event,) = route([CLASSIFIED], RouteResources.of(policy, KEY, version))
    return event


def record(event: Event, second: int) -> Read:
    at = round((AT + timedelta(seconds=second)).timestamp() * 1000)
    key = event.ticket_id.encode()
    return Read(TOPIC_OF[type(event)], 0, second, at, key, CODEC.encode(event), ())


def story() -> list[Event]:
    """All that can happen to a ticket, in order, with a real decision."""
    found: list[Event] = []
    for event in TICKETS:
        if isinstance(event, TicketClassified):
            found.append(CLASSIFIED)
        elif isinstance(event, TicketRouted):
            found.append(decided(SHIPPED))
        elif isinstance(event, DraftCreated):
            prompt = Prompt("answer", "c0ffee" * 8)
            found.append(replace(event, knowledge=Knowledge("k-7"), prompt=prompt))
        else:
            found.append(event)
    return found


def chain_of(events: Sequence[Event]) -> Chain:
    return chain_from(TICKET, [record(e, n) for n, e in enumerate(events)], CODEC)


def reader(tongue: Tongue) -> Reader:
    return Reader(tongue, shipped_labels(), UTC)


def test_the_chain_stands_in_the_order_of_recording_and_a_repeat_is_told_once() -> None:
    records = [record(e, n) for n, e in enumerate(story())]
    chain = chain_from(TICKET, [*reversed(records), record(story()[0], 99)], CODEC)
    assert [link.topic for link in chain.links] == [
        *("ticket.received", "ticket.masked", "ticket.classified", "ticket.routed"),
        *("draft.created", "reply.sent", "agent.replied", "agent.edited", "ticket.closed"),
    ]
    assert chain.cause_of(chain.newest("ticket.routed")) == CLASSIFIED


def test_of_two_decisions_the_newest_is_explained() -> None:
    second = decided(replace(SHIPPED, version="2"))
    chain = chain_of([*story(), second])
    assert chain.newest("ticket.routed") == second
    assert any("policy default 2 " in line for line in lines(chain, None, reader("en")))


def test_every_reason_is_told_in_order_and_which_one_decided() -> None:
    routed = decided(SHIPPED)
    codes = [r.code for r in routed.reasons]
    assert codes[:2] == ["trigger", "escalation"]
    all_lines = lines(chain_of(story()), None, reader("en"))
    said = [line for line in all_lines if re.match(r"  \d+\. ", line)]
    assert len(said) == len(codes)
    assert ["this decided" in line for line in said] == [True] + [False] * (len(codes) - 1)
    assert "lawyer" in said[0]


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        ("en", ["to a specialist", "escalation score", "knowledge k-7", "could have been:"]),
        ("de", ["an Fachstelle", "Eskalationswert", "Wissensstand k-7", "möglich waren:"]),
    ],
)
def test_versions_hashes_and_terms_are_told_in_both_languages(
    tongue: Tongue, words: list[str]
) -> None:
    again = compared(decided(SHIPPED), CLASSIFIED, Found(SHIPPED, "local"), KEY)
    said = "\n".join(lines(chain_of(story()), again, reader(tongue)))
    facts = ["c1 (temperature, 900)", f"({policy_hash(SHIPPED)[:12]})", "prompt answer c0ffee"]
    assert [word for word in (*words, *facts) if word not in said] == []


@pytest.mark.parametrize("tongue", ["en", "de"])
def test_who_was_asked_for_a_second_opinion_is_told_with_the_prompts_hash(tongue: Tongue) -> None:
    opinion = CLASSIFIED.second_opinion
    assert opinion is not None
    assert opinion.prompt_hash
    chain = chain_of(story())
    (asked,) = (s for s in lines(chain, None, reader(tongue)) if opinion.model in s)
    assert f"prompt {opinion.prompt_hash[:12]}" in asked
    told_of: Any = told(chain, None, reader(tongue))
    summary = told_of["events"][2]["summary"]["second_opinion"]
    assert (summary["model"], summary["prompt_hash"]) == (opinion.model, opinion.prompt_hash)


def test_where_nobody_was_asked_no_second_opinion_is_told() -> None:
    alone = replace(CLASSIFIED, second_opinion=None)
    chain = chain_of([alone if e is CLASSIFIED else e for e in story()])
    told_of: Any = told(chain, None, reader("en"))
    assert told_of["events"][2]["summary"]["second_opinion"] is None
    assert "second opinion" not in "\n".join(lines(chain, None, reader("en")))


def test_what_was_withheld_says_so_and_names_no_prompt() -> None:
    opinion = SecondOpinion(status="withheld", reason="injection", model="m-1")
    withheld = replace(CLASSIFIED, second_opinion=opinion)
    chain = chain_of([withheld if e is CLASSIFIED else e for e in story()])
    (asked,) = (s for s in lines(chain, None, reader("en")) if "m-1" in s)
    assert asked.endswith("m-1, not asked: the text must not leave")


def test_what_agents_did_and_how_it_ended_are_words_in_german_too() -> None:
    said = "\n".join(lines(chain_of(story()), None, reader("de")))
    assert "von Bearbeiter beantwortet: überarbeitet" in said
    assert "abgeschlossen: gelöst, bestätigt" in said


def test_nothing_that_came_from_a_person_is_told() -> None:
    (received,) = (e for e in TICKETS if isinstance(e, TicketReceived))
    personal = [received.subject, received.text, received.sender.name, received.sender.address]
    personal += ["Hallo", "Guten Tag", "KB-4821973", "C-104233", "foto.png"]
    chain = chain_of(story())
    said = "\n".join(lines(chain, None, reader("de")))
    said += orjson.dumps(told(chain, None, reader("de")), default=str).decode()
    assert "an Fachstelle" in said
    assert [value for value in personal if value in said] == []


def test_a_program_is_told_causes_policy_reasons_chances_and_what_deciding_again_gave() -> None:
    value: Any = told(chain_of(story()), Again("no_policy"), reader("en"))
    ids = [e["event_id"] for e in value["events"]]
    assert ids[4:] == [str(UUID(int=n)) for n in range(5, 10)]
    assert [e["cause_id"] for e in value["events"]][:4] == [None, *ids[:3]]
    summary = value["events"][3]["summary"]
    assert summary["policy"]["hash"] == policy_hash(SHIPPED)
    assert summary["propensity"] == 1.0
    assert len(value["why"]) == len(summary["reasons"])
    assert value["again"] == {"result": "no_policy", "origin": "", "differs": ()}


def test_a_ticket_without_a_decision_and_its_dead_letter_are_told_as_such() -> None:
    headers = (("stage", b"classify"), ("version", b"0.1.0"), ("reason", b"raised"))
    letter = Read("ticket.masked.dead", 0, 9, 0, TICKET.encode(), b"a text", headers)
    broken = Read("ticket.masked", 0, 8, 0, TICKET.encode(), b"broken", ())
    received = record(story()[0], 1)
    chain = chain_from(TICKET, [received, letter, broken], CODEC)
    said = "\n".join(lines(chain, None, reader("en")))
    assert "not decided yet" in said
    assert "! ticket.masked.dead: raised  [classify 0.1.0]" in said
    assert "a text" not in said
    assert len(chain.buried) == 2


def test_the_policy_of_then_decides_the_same_bytes_and_another_one_does_not() -> None:
    routed = decided(SHIPPED)
    same = compared(routed, CLASSIFIED, Found(SHIPPED, "shipped"), KEY)
    assert same == Again("same", "shipped")
    other = replace(SHIPPED, specialist_triggers=())
    differs = compared(routed, CLASSIFIED, Found(other, "local"), KEY)
    assert differs.result == "differs"
    assert {"route", "reasons", "queue", "policy", "producer", "event_id"} <= {*differs.differs}


def test_a_policy_is_found_by_its_hash_published_before_local_and_else_not_at_all() -> None:
    second, third = (replace(SHIPPED, version=v) for v in ("2", "3"))

    def found(published: list[Policy], local: Policy, wanted: Policy) -> Found | None:
        return policy_of_then(published, local, policy_hash(wanted))

    assert found([second, third], third, third) == Found(third, "published")
    assert found([second], third, third) == Found(third, "local")
    assert found([], second, SHIPPED) == Found(SHIPPED, "shipped")
    assert found([second], SHIPPED, third) is None


def test_a_ticket_of_which_nothing_can_be_told_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(*_: object) -> Chain:
        raise TicketError("no topic has a ticket t9")

    monkeypatch.setattr("ticketstream.doors.explain.chain.chain_of", nobody)
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    monkeypatch.setattr(sys, "argv", ["ticketstream", "explain", "t9"])
    monkeypatch.setenv("TICKETSTREAM_BROKERS", "127.0.0.1:1")
    with pytest.raises(SystemExit) as left:
        program.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == "ticketstream: no topic has a ticket t9\n"
