"""Traces -> nothing readable any more, and a signed receipt each; killed anywhere, it goes on.

The order: first the journal, which holds all by which the rest is found again; then the keys, whose
loss makes every sealed text unreadable at once; then what lies in the clear (attachments, clear
topics); then copies (the doors' notes, read models); then the proof; then the receipt, and the
journal forgets. So whatever is still readable after a kill is named by the journal, and every step
can be repeated.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ticketstream.doors.intake.loops import sender_kind
from ticketstream.doors.person.place import Place, alone, iso
from ticketstream.doors.person.receipt import write_receipt
from ticketstream.doors.person.search import received_of
from ticketstream.doors.person.trace import Trace
from ticketstream.projections.purge import purge
from ticketstream.schemas.errors import BrokerError, VaultError
from ticketstream.schemas.topics import CLEAR_TOPICS
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.tombstones import Grave, bury, compacted, grave_of, unhurried
from ticketstream.vault import forgetting
from ticketstream.vault.forgetting import Erasure

PROOF_SECONDS = 240.0
LOG_SECONDS = 10.0  # for readers to let go of a write-ahead log


@dataclass(frozen=True, slots=True)
class Finished:
    """An erasure that is done: its receipt's file, and the ticket ids that went."""

    id: str
    file: str
    tickets: int


Say = Callable[[str], None]


def erase(place: Place, traces: Iterable[Trace], say: Say) -> list[Finished]:
    """Put people into the journal and carry it out, with what is still underway from before.

    Raises:
        BrokerError: the broker does not answer, or compaction could not be proven in time: run it
            again, it goes on where it was.
        VaultError: the vault cannot be written.
    """
    with alone(place):
        with place.vault.writing() as connection:
            for trace in traces:
                forgetting.begin(connection, _planned(place, trace))
        return _carried_out(place, say)


def resume(place: Place, say: Say) -> list[Finished]:
    """Carry out what was begun and not finished."""
    with alone(place):
        return _carried_out(place, say)


def clear_records(place: Place, erasures: Sequence[Erasure]) -> Iterator[tuple[Erasure, Read, Any]]:
    """What lies readable on the clear topics; the event is there for received tickets only."""
    traces = {e.id: Trace((), e.began_at, e.hashes, set(e.tickets)) for e in erasures}
    by_trace = {id(traces[e.id]): e for e in erasures}
    for trace, record, event in received_of(place, list(traces.values())):
        yield by_trace[id(trace)], record, event
    by_ticket = {t.encode(): e for e in erasures for t in traces[e.id].tickets}
    for record in read_all(place.brokers, [t for t in CLEAR_TOPICS if t != "ticket.received"]):
        if record.value is not None and (owner := by_ticket.get(record.key or b"")) is not None:
            yield owner, record, None


def _planned(place: Place, trace: Trace) -> Erasure:
    found = {
        "records": dict(trace.records),
        "dead": dict(trace.dead),
        "dead_until": iso(trace.dead_until),
        "external": {system: len(ids) for system, ids in trace.external.items()},
        "asked_models": trace.models(),
    }
    stored = {letter.stored.id for letter in trace.letters if letter.stored and letter.own}
    return Erasure(
        began_at=trace.at,
        hashes=trace.hashes,
        tickets=frozenset(trace.tickets),
        attachments=frozenset(trace.attachments) | stored,
        senders=frozenset(sender_kind(place.door, a).hex() for a in trace.addresses),
        done={"found": found},
    )


def _carried_out(place: Place, say: Say) -> list[Finished]:
    with place.vault.reading() as connection:
        erasures = forgetting.underway(connection)
    if not erasures:
        return []
    for what, step in STEPS:
        say(f"{what} ({len(erasures)})")
        erasures = step(place, erasures)
    say(f"{RECEIPTS} ({len(erasures)})")
    return [_finished(place, erasure) for erasure in erasures]


def _keys(place: Place, erasures: Sequence[Erasure]) -> list[Erasure]:
    done = []
    for erasure in erasures:
        with place.vault.writing() as connection:
            again = "vault" in erasure.done
            done.append(erasure if again else forgetting.destroy(connection, erasure))
    if not place.vault.forget_log():
        raise VaultError(
            "the vault's write-ahead log is held by readers and still has the destroyed keys: "
            "stop the process that reads it for minutes, then run the command again"
        )
    return done


def _clear(place: Place, erasures: Sequence[Erasure]) -> list[Erasure]:
    """Attachments and tombstones; ids go into the journal before what names them is buried."""
    found = {e.id: e for e in erasures}
    counts: dict[str, Counter[str]] = {e.id: Counter() for e in erasures}
    graves: dict[str, set[Grave]] = {e.id: set() for e in erasures}
    for erasure, record, event in clear_records(place, erasures):
        each = found[erasure.id]
        counts[each.id][record.topic] += 1
        graves[each.id].add(grave_of(record))
        if event is not None:
            files = each.attachments.union(a.id for a in event.attachments if a.id)
            found[each.id] = replace(
                each, tickets=each.tickets | {event.ticket_id}, attachments=files
            )
    done = [_cleared(place, e, counts[e.id]) for e in found.values()]
    bury(place.brokers, {g for each in graves.values() for g in each})
    return done


def _cleared(place: Place, erasure: Erasure, counts: Counter[str]) -> Erasure:
    """The files of one person, once the journal names them; counted by the most ever seen."""
    files = [name for name in erasure.attachments if place.attachments.owns(name)]
    seen = Counter(erasure.done.get("clear", {})) | counts
    stored = {"files": len(files), "elsewhere": len(erasure.attachments) - len(files)}
    erasure = _with(erasure, "clear", {**seen, **stored})
    _save(place, [erasure])
    for name in files:
        place.attachments.forget(name)
    return erasure


def _doors(place: Place, erasures: Sequence[Erasure]) -> list[Erasure]:
    """What the doors of this host noted: which submission, and how often who wrote."""
    done = []
    try:
        for erasure in erasures:
            senders = [bytes.fromhex(sender) for sender in erasure.senders]
            count = place.notes.count(erasure.tickets, senders)
            before = erasure.done.get("doors", {}).get("notes", 0)
            done.append(_with(erasure, "doors", {"notes": max(count, before)}))
            _save(place, done[-1:])
            place.notes.forget(erasure.tickets, senders)
        emptied = place.notes.forget_log()
    except sqlite3.Error as error:
        raise VaultError(
            f"the doors' notes in {place.notes.path} cannot be written ({type(error).__name__}): "
            "mend that, then run the command again"
        ) from error
    if not emptied:
        raise VaultError(
            f"the write-ahead log of {place.notes.path} is held by readers: run the command again"
        )
    return done


def _derived(place: Place, erasures: Sequence[Erasure]) -> list[Erasure]:
    done = [
        _with(e, "models", purge(place.models, e.tickets) | place.archive.purge(e.tickets))
        for e in erasures
    ]
    if not forgetting.forget_log(place.models, LOG_SECONDS):
        raise VaultError(
            "the read models' write-ahead log is held by readers: stop the process that reads "
            "them for minutes, then run the command again"
        )
    _save(place, done)
    return done


def _proof(place: Place, erasures: Sequence[Erasure]) -> list[Erasure]:
    graves = {grave_of(record) for _, record, _ in clear_records(place, erasures)}
    unhurried(place.brokers)  # an earlier one may have died while it hurried them
    seconds = compacted(place.brokers, graves, PROOF_SECONDS)
    if seconds is None:
        raise BrokerError(
            f"records are still readable after {PROOF_SECONDS:.0f} s: look at the broker's log "
            "cleaner, then run the command again; keys and files are destroyed already"
        )
    done = [_with(e, "proof", {"at": iso(place.now())}) for e in erasures]
    _save(place, done)
    return done


def _finished(place: Place, erasure: Erasure) -> Finished:
    """The file first: a journal that has forgotten must leave a receipt behind."""
    data, file = write_receipt(place, erasure)
    with place.vault.writing() as connection:
        forgetting.finish(connection, erasure.id, data, place.now())
    place.vault.forget_log(seconds=1)
    return Finished(erasure.id, str(file), len(erasure.tickets))


def _with(erasure: Erasure, step: str, counted: Mapping[str, Any]) -> Erasure:
    return replace(erasure, done=erasure.done | {step: dict(counted)})


def _save(place: Place, erasures: Iterable[Erasure]) -> None:
    with place.vault.writing() as connection:
        for erasure in erasures:
            forgetting.save(connection, erasure)


RECEIPTS = "writing receipts"
Step = Callable[[Place, Sequence[Erasure]], list[Erasure]]
STEPS: tuple[tuple[str, Step], ...] = (
    ("destroying keys and index entries", _keys),
    ("removing attachments, writing tombstones", _clear),
    ("clearing the doors' notes", _doors),
    ("blanking the read models", _derived),
    ("waiting for compaction", _proof),
)
