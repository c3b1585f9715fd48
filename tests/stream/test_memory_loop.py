"""The real transform over a log in memory: junk, tombstones, erased people, crashes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.envelope import Event, Producer, answering
from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.stream.by_policy import always
from ticketstream.stream.memory import MemoryLog, MemoryRecord
from ticketstream.stream.work import Stage, Work, each
from ticketstream.vault.keys import PersonKeys
from ticketstream.vault.sealing import open_event, seal_event

RECEIVED = next(e for e in SAMPLES if isinstance(e, TicketReceived))
KEYS = PersonKeys(bytes(range(64)), bytes(range(64)))
GONE = "gone"  # the person whose keys are destroyed
SOURCE, TARGET = "ticket.received", "ticket.masked"


@dataclass(frozen=True)
class Resources:
    producer: Producer = Producer("mask", "1")  # noqa: RUF009


class OnePersonVault:
    """Keys for everybody but one."""

    def keys(self, event: Event) -> PersonKeys | Erased:
        return ERASED if getattr(event, "person", "") == GONE else KEYS

    def open_all(self, events: Sequence[Event], fields: frozenset[str]) -> list[Event]:
        return [open_event(e, fields, self.keys(e)) for e in events]

    def seal_all(self, events: Sequence[Event]) -> list[Event | Erased]:
        return [seal_event(e, self.keys(e)) for e in events]


def mask(ticket: TicketReceived, resources: Any) -> TicketMasked | Dead:
    if ticket.text == "raise":
        raise ValueError("Lena Invented wrote this")
    if ticket.text == "vault":
        raise VaultError("the vault is away")
    if ticket.text == "dead":
        return Dead("invalid", "not for us")
    person = GONE if ticket.text == "erased" else "p"
    return TicketMasked(
        **answering(ticket, resources.producer),
        text=TicketText(text=ticket.text),
        identity=Identity(),
        person=person,
    )


STAGE = Stage("mask", SOURCE, TARGET, each(mask), largest_batch=4)


def work(stage: Stage = STAGE, limit: int = 1_000_000) -> Work:
    return Work(stage, always(Resources()), Codec(), OnePersonVault(), {TARGET: limit})


def log_of(*texts: str | bytes | None) -> MemoryLog:
    """A ticket for a text, junk for bytes, a tombstone for None."""
    log = MemoryLog()
    for number, text in enumerate(texts):
        key = f"t{number}"
        ticket = replace(RECEIVED, ticket_id=key, text=text if isinstance(text, str) else "")
        value = Codec().encode(ticket) if isinstance(text, str) else text
        log.append(SOURCE, key.encode(), value)
    return log


def texts_of(log: MemoryLog) -> list[str]:
    events = [Codec().decode(TicketMasked, r.value or b"") for r in log.topics.get(TARGET, [])]
    opened = OnePersonVault().open_all(events, frozenset({"text"}))
    return [e.text.text for e in opened]  # type: ignore[attr-defined]


def dead_of(log: MemoryLog) -> list[MemoryRecord]:
    return log.topics.get(f"{SOURCE}.dead", [])


def header(record: MemoryRecord, name: str) -> str:
    return dict(record.headers)[name].decode()


def test_a_list_in_is_a_list_out_in_the_same_order() -> None:
    log = log_of("a", "b", "c", "d", "e", "f")
    log.run("mask", SOURCE, work(), 4)
    assert texts_of(log) == ["a", "b", "c", "d", "e", "f"]
    assert not dead_of(log)


def test_in_is_out_plus_dead_plus_tombstones_whatever_comes() -> None:
    log = log_of("a", b"junk", None, "raise", "dead", "erased", "b", b"", "c")
    log.run("mask", SOURCE, work(), 4)
    assert texts_of(log) == ["a", "b", "c"]
    reasons = Counter(header(r, "reason") for r in dead_of(log))
    assert reasons == {"undecodable": 2, "raised": 1, "invalid": 1, "erased": 1}
    assert len(log.topics[SOURCE]) == 3 + reasons.total() + 1


@pytest.mark.parametrize("slice_size", [1, 2, 3, 100])
def test_crashes_change_nothing_of_what_comes_out(slice_size: int) -> None:
    texts = ["a", b"junk", "b", None, "raise", "c", "erased", "d"]
    calm, stormy = log_of(*texts), log_of(*texts)
    stormy.crash_at = {("mask", 0), ("mask", 2), ("mask", 4), ("mask", 7)}
    calm.run("mask", SOURCE, work(), slice_size)
    starts = stormy.run("mask", SOURCE, work(), slice_size)
    assert starts > 1
    assert stormy.topics == calm.topics


def test_an_event_that_raises_takes_no_other_of_its_slice_with_it() -> None:
    log = log_of("a", "raise", "b", "raise")
    log.run("mask", SOURCE, work(), 4)
    assert texts_of(log) == ["a", "b"]
    assert [header(r, "source") for r in dead_of(log)] == [f"{SOURCE}/0/1", f"{SOURCE}/0/3"]


def test_a_dead_letter_keeps_the_bytes_and_says_where_from_and_why_but_not_what() -> None:
    log = log_of("raise")
    log.run("mask", SOURCE, work(), 4)
    (letter,) = dead_of(log)
    assert (letter.key, letter.value) == (b"t0", log.topics[SOURCE][0].value)
    assert header(letter, "stage") == "mask"
    assert header(letter, "message") == "ValueError in mask"
    assert b"Lena" not in b"".join(v for _, v in letter.headers)


def test_the_dead_letter_of_an_erased_person_keeps_nothing() -> None:
    log = log_of("erased")
    log.run("mask", SOURCE, work(), 4)
    (letter,) = dead_of(log)
    assert letter.value == b""
    assert header(letter, "reason") == "erased"


def test_an_erased_ticket_is_buried_by_the_stage_that_would_have_to_read_it() -> None:
    classify = Stage("classify", TARGET, "x", each(lambda e, _: e), frozenset({"text"}))
    gone = replace(
        next(e for e in SAMPLES if isinstance(e, TicketMasked)), person=GONE, ticket_id="t"
    )
    log = MemoryLog()
    log.append(TARGET, b"t", Codec().encode(gone))
    log.run("classify", TARGET, work(classify), 4)
    (letter,) = log.topics[f"{TARGET}.dead"]
    assert header(letter, "reason") == "erased"


def test_a_vault_that_is_away_stops_the_worker_and_buries_nobody() -> None:
    log = log_of("a", "vault", "b")
    with pytest.raises(VaultError):
        log.run("mask", SOURCE, work(), 4)
    assert not dead_of(log)
    assert not log.committed


def test_a_record_whose_key_is_not_the_ticket_id_is_dead() -> None:
    log = MemoryLog()
    log.append(SOURCE, b"other", Codec().encode(RECEIVED))
    log.append(SOURCE, None, Codec().encode(RECEIVED))
    log.run("mask", SOURCE, work(), 4)
    assert [header(r, "reason") for r in dead_of(log)] == ["invalid", "invalid"]


def test_an_answer_that_is_too_large_is_dead_and_blocks_nothing() -> None:
    log = log_of("a", "x" * 5_000, "b")
    log.run("mask", SOURCE, work(limit=5_000), 4)
    assert texts_of(log) == ["a", "b"]
    assert header(dead_of(log)[0], "reason") == "oversize"


def test_a_stage_that_answers_too_few_is_a_failure_of_each_event_and_no_silent_loss() -> None:
    lossy = replace(STAGE, process=lambda events, _: [])
    log = log_of("a", "b")
    log.run("mask", SOURCE, work(lossy), 4)
    assert [header(r, "reason") for r in dead_of(log)] == ["raised", "raised"]


def test_every_output_names_its_cause_its_coordinates_and_its_trace() -> None:
    log = log_of("a", "b")
    log.run("mask", SOURCE, work(), 4)
    for offset, record in enumerate(log.topics[TARGET]):
        event = Codec().decode(TicketMasked, record.value or b"")
        assert event.cause_id == RECEIVED.event_id
        assert header(record, "ce_id") == str(event.event_id)
        assert header(record, "ce_subject") == event.ticket_id == f"t{offset}"
        assert header(record, "ce_type") == TARGET
        assert header(record, "source") == f"{SOURCE}/0/{offset}"
        assert header(record, "traceparent").count("-") == 3


def test_a_trace_that_came_with_the_event_goes_on() -> None:
    log = MemoryLog()
    trace = "0af7651916cd43dd8448eb211c80319c"
    came = (("traceparent", f"00-{trace}-b7ad6b7169203331-01".encode()),)
    ticket = replace(RECEIVED, ticket_id="t0")
    log.append(SOURCE, b"t0", Codec().encode(ticket), came)
    log.run("mask", SOURCE, work(), 4)
    assert header(log.topics[TARGET][0], "traceparent").split("-")[1] == trace


def test_running_again_reads_nothing_twice() -> None:
    log = log_of("a", "b")
    log.run("mask", SOURCE, work(), 4)
    log.run("mask", SOURCE, work(), 4)
    assert texts_of(log) == ["a", "b"]
