"""Columns decoded in lockstep say what fastavro says, and a damaged record harms no other."""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.classified import Label, TicketClassified
from ticketstream.schemas.codec import HEADER, encode_record, schema_of
from ticketstream.schemas.lockstep import decode_columns
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.outcome import AgentEdited, ReplySent, TicketClosed
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.routed import Reason, TicketRouted

BASE = next(e for e in SAMPLES if isinstance(e, TicketClassified))
ROUTED = next(e for e in SAMPLES if isinstance(e, TicketRouted))
SCHEMA = schema_of(TicketClassified).parsed
WANTED = [
    *("event_id", "occurred_at", "language.code", "facts.order_amount", "facts.unknown"),
    *("confidence", "scores", "secondary", "second_opinion.cost", "triggers"),
]

classified = st.builds(
    lambda n, text, score, words, labels, amount, opinion: replace(
        BASE,
        event_id=UUID(int=n),
        text=Sealed(text),
        scores=text[:9],
        confidence=score,
        triggers=tuple(words),
        secondary=tuple(labels),
        facts=Facts(order_amount=amount, unknown=tuple(words)),
        second_opinion=BASE.second_opinion if opinion else None,
    ),
    st.integers(0, 2**64),
    st.binary(max_size=200),
    st.floats(allow_nan=False),
    st.lists(st.text(max_size=40), max_size=4),
    st.lists(st.builds(Label, st.text(max_size=5), st.text(), st.floats(0, 1)), max_size=3),
    st.none() | st.floats(allow_nan=False),
    st.booleans(),
)


def decoded(events: list[Any], wanted: list[str], kind: Any = TicketClassified) -> Any:
    bodies = [encode_record(e) for e in events]
    found = decode_columns(schema_of(kind).parsed, bodies, HEADER, wanted)
    assert not found.bad.size
    return found.table


def expected(event: TicketClassified) -> dict[str, Any]:
    opinion = event.second_opinion
    return {
        "event_id": str(event.event_id),
        "occurred_at": int(event.occurred_at.timestamp() * 1_000_000),
        "language.code": event.language.code,
        "facts.order_amount": event.facts.order_amount,
        "facts.unknown": list(event.facts.unknown),
        "confidence": event.confidence,
        "scores": event.scores,
        "secondary": [
            {"category": s.category, "sub_category": s.sub_category, "score": s.score}
            for s in event.secondary
        ],
        "second_opinion.cost": opinion.cost if opinion else None,
        "triggers": list(event.triggers),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(classified, min_size=1, max_size=9))
def test_every_field_is_what_was_written(events: list[TicketClassified]) -> None:
    assert decoded(events, WANTED).to_pylist() == [expected(e) for e in events]


@pytest.mark.parametrize("kind", [TicketRouted, AgentEdited, TicketClosed, ReplySent])
def test_every_event_that_is_archived_can_be_read(kind: Any) -> None:
    event = next(e for e in SAMPLES if isinstance(e, kind))
    (row,) = decoded([event], ["event_id", "ticket_id"], kind).to_pylist()
    assert row == {"event_id": str(event.event_id), "ticket_id": event.ticket_id}


def test_maps_and_lists_of_records_keep_their_rows() -> None:
    events = [
        replace(
            ROUTED,
            reasons=tuple(Reason(f"r{k}", {"k": str(k)}) for k in range(n)),
            eligible={f"route{k}": k / 4 for k in range(n)},
        )
        for n in (2, 0, 3)
    ]
    table = decoded(events, ["reasons.code", "eligible"], TicketRouted)
    codes = [[r["code"] for r in row] for row in table["reasons"].to_pylist()]
    assert codes == [["r0", "r1"], [], ["r0", "r1", "r2"]]
    assert table["eligible"][2].as_py() == [
        {"key": "route0", "value": 0.0},
        {"key": "route1", "value": 0.25},
        {"key": "route2", "value": 0.5},
    ]


def test_lists_in_several_blocks_with_their_sizes_are_read() -> None:
    schema = {"type": "record", "name": "R", "fields": [
        {"name": "words", "type": {"type": "array", "items": "string"}},
        {"name": "n", "type": "long"},
    ]}  # fmt: skip
    blocks = b"\x02\x02a" + b"\x03\x08\x02b\x02c" + b"\x00" + b"\x09"  # [a], then -2 items of 4
    found = decode_columns(schema, [blocks, b"\x00\x07"], 0, ["words", "n"])
    assert found.table.to_pylist() == [{"words": ["a", "b", "c"], "n": -5}, {"words": [], "n": -4}]


def test_what_the_writer_did_not_know_is_not_in_the_answer() -> None:
    assert decoded([BASE], ["confidence", "no_such_field"]).column_names == ["confidence"]


def test_damaged_records_are_named_and_the_others_are_read() -> None:
    dice = random.Random(4)
    good = [encode_record(replace(BASE, event_id=UUID(int=n))) for n in range(40)]
    bodies = list(good)
    bodies[3], bodies[7], bodies[11] = good[3][:90], b"", good[11] + b"x"
    bodies[19] = good[19][:HEADER] + dice.randbytes(400)
    found = decode_columns(SCHEMA, bodies, HEADER, WANTED)
    assert found.bad.tolist() == [3, 7, 11, 19]
    kept = [str(UUID(int=n)) for n in range(40) if n not in {3, 7, 11, 19}]
    assert found.table["event_id"].to_pylist() == kept


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_whatever_stop_or_stall_the_decoder(junk: bytes) -> None:
    bodies = [encode_record(BASE), junk, encode_record(BASE)]
    found = decode_columns(SCHEMA, bodies, HEADER, WANTED)
    assert len(found.table) + len(found.bad) == 3
    assert set(found.bad.tolist()) <= {1}


def test_no_records_are_an_empty_table() -> None:
    found = decode_columns(SCHEMA, [], HEADER, WANTED)
    assert isinstance(found.table, pa.Table)
    assert len(found.table) == 0
