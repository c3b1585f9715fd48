"""Events survive the wire, in both framings, and junk is told apart."""

import json
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.codec import Codec, crc64, encode_record, schema_of
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import InvalidEventError, UndecodableError
from ticketstream.schemas.json import from_json, to_json
from ticketstream.schemas.masked import TicketMasked, TicketText
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import ERASED
from ticketstream.schemas.topics import EVENTS

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text())
by_name = pytest.mark.parametrize("event", SAMPLES, ids=lambda e: type(e).__name__)


class OneRegistry:
    """A registry that knows ids by order of asking."""

    def __init__(self) -> None:
        self.schemas: list[str] = []

    def id_of(self, topic: str, schema: str) -> int:
        assert topic in EVENTS
        self.schemas.append(schema)
        return len(self.schemas) + 6

    def schema_of(self, schema_id: int) -> str:
        if not 0 <= schema_id - 7 < len(self.schemas):
            raise UndecodableError("unknown_schema", "no such id")
        return self.schemas[schema_id - 7]


def test_there_is_a_sample_of_every_event() -> None:
    assert {type(e) for e in SAMPLES} == set(EVENTS.values())


@by_name
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert Codec().decode(type(event), Codec().encode(event)) == event


@by_name
def test_an_event_comes_back_through_a_registry(event: Event) -> None:
    codec = Codec(OneRegistry())
    data = codec.encode(event)
    assert data[:5] == struct.pack(">bI", 0, 7)
    assert codec.decode(type(event), data) == event


@by_name
def test_with_a_registry_the_other_framing_is_read_too(event: Event) -> None:
    assert Codec(OneRegistry()).decode(type(event), Codec().encode(event)) == event


@by_name
def test_the_golden_bytes_are_written_and_read_for_ever(event: Event) -> None:
    golden = GOLDEN[type(event).__name__]
    assert Codec().encode(event).hex() == golden["single_object"]
    assert Codec(OneRegistry()).encode(event).hex() == golden["confluent_id_7"]
    assert Codec().decode(type(event), bytes.fromhex(golden["single_object"])) == event


@by_name
def test_an_event_comes_back_from_json(event: Event) -> None:
    assert from_json(type(event), json.loads(json.dumps(to_json(event)))) == event


def test_the_fingerprint_is_the_one_of_the_avro_specification() -> None:
    assert crc64("null") == bytes.fromhex("8a8f25cce724dd63")


def test_a_message_is_marker_fingerprint_and_body() -> None:
    data = encode_record(TicketText(text="a"))
    assert data[:2] == b"\xc3\x01"
    assert data[2:10] == schema_of(TicketText).print


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_undecodable(data: bytes) -> None:
    for kind in (TicketReceived, TicketMasked):
        with suppress(UndecodableError):
            Codec().decode(kind, data)


@given(st.data())
def test_a_damaged_event_never_raises_anything_but_undecodable(data: st.DataObject) -> None:
    whole = bytearray(Codec().encode(SAMPLES[0]))
    position = data.draw(st.integers(10, len(whole) - 1))
    whole[position] = data.draw(st.integers(0, 255))
    with suppress(UndecodableError):
        decoded = Codec().decode(TicketReceived, bytes(whole))
        assert isinstance(decoded, TicketReceived)


def test_another_events_bytes_are_an_unknown_schema() -> None:
    with pytest.raises(UndecodableError, match="no known version of TicketMasked"):
        Codec().decode(TicketMasked, Codec().encode(SAMPLES[0]))


def test_bytes_behind_an_event_are_not_passed_over() -> None:
    with pytest.raises(UndecodableError, match="bytes left"):
        Codec().decode(TicketReceived, Codec().encode(SAMPLES[0]) + b"x")


def test_a_value_outside_its_closed_list_is_refused_when_made_and_when_read() -> None:
    with pytest.raises(InvalidEventError, match="channel is 'fax'"):
        replace(SAMPLES[0], channel="fax")  # type: ignore[call-arg]
    data = Codec().encode(SAMPLES[0]).replace(b"\x08chat", b"\x08chaT", 1)
    with pytest.raises(UndecodableError) as caught:
        Codec().decode(TicketReceived, data)
    assert caught.value.reason == "invalid"


def test_the_confluent_framing_without_a_registry_says_what_to_set() -> None:
    data = Codec(OneRegistry()).encode(SAMPLES[0])
    with pytest.raises(UndecodableError, match="TICKETSTREAM_SCHEMA_REGISTRY"):
        Codec().decode(TicketReceived, data)


def test_open_text_never_reaches_the_wire() -> None:
    masked = next(e for e in SAMPLES if isinstance(e, TicketMasked))
    for value in (TicketText(text="plain"), ERASED):
        with pytest.raises(TypeError, match="must be sealed"):
            Codec().encode(replace(masked, text=value))
