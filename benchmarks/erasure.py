"""Invented people through the whole line; half are erased, with kill -9; what can still be read?

    python benchmarks/erasure.py [--persons 1000]

Every person has a canary in name, address, subject, text, attachment and in the agent's reply.
Looked at is every byte under HOME (broker logs decompressed), all topics as a consumer reads them,
all rows of all versions of every LanceDB table, and in every vector column the nearest neighbours
of what the erased wrote. Sealed records are tried with every key that is left, the wrapped keys of
the erased are looked for, the read models are made anew. The same looks before are the control. No
LanceDB table holds text of customers: the search's own control is a table of the very words.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from erasure_look import (
    Shop,
    genuine,
    holding,
    in_read_models,
    look,
    noted,
    openable,
    persons_behind,
    settled_look,
    stored,
    wrapped,
)
from erasure_near import control, neighbours
from erasure_people import Person, people, reply, write_mails
from erasure_scan import canaries
from figures import table
from machine import machine
from running import running
from tickets import sample

from ticketstream.doors import intake_door
from ticketstream.doors.equip import key_source
from ticketstream.doors.intake.loops import sender_kind
from ticketstream.doors.person.erase import RECEIPTS, STEPS
from ticketstream.doors.person.place import Place, place_of
from ticketstream.doors.reading_room import keep_up, rebuild_all
from ticketstream.doors.settings import Settings, load
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.topics import dead_topic
from ticketstream.stream import topics as topic_room
from ticketstream.stream.local import broker
from ticketstream.stream.log import configure
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all

RESULTS = Path(__file__).with_name("results") / "erasure.json"
PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]
NEIGHBOURS = 100  # of the erased, whose words are searched for
PATIENCE = 1800.0
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=1000)
    count = parser.parse_args().persons
    configure(json=False, level="error")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with broker.start(home / "kafka", load().cache, die_with_parent=True) as kafka:
            result = measure(prepared(home, kafka.bootstrap), kafka.pid, count, Path(folder))
    show(result)
    if count >= 1000:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    sys.exit(0 if result["passed"] else 1)


def prepared(home: Path, brokers: str) -> Settings:
    """Keys, topics and knowledge base."""
    settings = load(home=home, brokers=brokers, log_level="error")
    key_source(settings).create()
    topic_room.create(brokers, settings.partitions)
    intake_door.ensure_knowledge(settings)
    return settings


def measure(settings: Settings, kafka: int, count: int, folder: Path) -> Row:
    """The line, the control, the erasure with kills, the same look again."""
    persons = people(count)
    began = time.monotonic()
    shop = filled(settings, kafka, persons, folder / "mailbox")
    print(f"  {count} people through the line in {time.monotonic() - began:.0f} s", flush=True)
    gone = {p.canary for p in persons[::2]}
    kept = {p.canary for p in persons} - gone
    keys, ids = wrapped(shop, gone), persons_behind(shop, gone)
    before, held, files = look(shop), holding(settings.home, keys), stored(shop)
    projected, notes = in_read_models(shop, ids), noted(shop)
    some = [p for p in persons if p.canary in gone][:NEIGHBOURS]
    killed, seconds, in_all = erased(
        shop, [p for p in persons if p.canary in gone], folder / "erase.txt"
    )
    after = settled_look(shop, gone)
    rebuild_all(settings)
    keep_up(settings, settings.brokers, once=True)
    left = {name: len(found & gone) for name, found in after.items() if found & gone}
    opened = openable(shop)
    told = {
        "machine": machine(),
        "persons": count,
        "erased": len(gone),
        "kills": killed,
        "seconds": round(seconds, 1),
        "seconds_with_the_killed_calls": round(in_all, 1),
        "control": {n: len(f) for n, f in before.items() if f},
        "control_found_everybody": gone | kept <= before["read by a consumer"],
        "control_wrapped_keys_on_disk": held,
        "erased_found_in": left,
        "erased_that_a_key_opens": len(opened & gone),
        "wrapped_keys_of_erased_on_disk": holding(shop.settings.home, keys),
        "searched_for": len(some),
        "control_named_by_neighbours": control(shop, some, folder / "control"),
        "neighbours_that_name_an_erased": neighbours(shop, some),
        "control_ids_in_read_models": projected,
        "ids_of_erased_in_read_models_made_anew": in_read_models(shop, ids),
        "notes_of_the_doors_removed": notes - noted(shop),
        "attachments_removed": files - stored(shop),
        "kept": len(kept),
        "kept_that_open": len(opened & kept),
        "kept_as_before": all(found & kept == after[n] & kept for n, found in before.items()),
        "receipts_genuine": genuine(shop),
    }
    return told | {"passed": passed(told)}


def passed(told: Row) -> bool:
    """Nothing of the erased anywhere, everything of the others as it was."""
    return bool(
        told["control_found_everybody"]
        and told["control_wrapped_keys_on_disk"] == 2 * told["erased"]
        and not told["erased_found_in"]
        and not told["erased_that_a_key_opens"]
        and not told["wrapped_keys_of_erased_on_disk"]
        and told["control_named_by_neighbours"] == told["searched_for"]
        and told["neighbours_that_name_an_erased"]
        and not any(told["neighbours_that_name_an_erased"].values())
        and told["control_ids_in_read_models"] == told["erased"]
        and not told["ids_of_erased_in_read_models_made_anew"]
        and told["notes_of_the_doors_removed"] == told["erased"]
        and told["attachments_removed"] == told["erased"]
        and told["kept_that_open"] == told["kept"]
        and told["kept_as_before"]
        and told["receipts_genuine"] == told["erased"]
    )


def filled(settings: Settings, kafka: int, persons: Sequence[Person], mailbox: Path) -> Shop:
    """Mails in at the door, through all stages, answered by an invented agent, into the models."""
    write_mails(persons, mailbox)
    place = place_of(settings, settings.brokers)
    with running(settings, kafka, sample(settings, 4)) as line:
        key = key_source(settings).load("intake")
        done = intake_door.publish_paths([mailbox], settings, settings.brokers, place.codec, key)
        line.wanted += done.tickets
        line.await_answers()
        tickets = answered(place)
        _wait_for_review(settings, len(tickets))
    if done.dead or len(tickets) != len(persons):
        raise RuntimeError(f"{len(tickets)} of {len(persons)} people came through the line")
    keep_up(settings, settings.brokers, once=True)
    for ticket, canary in tickets.items():
        kind = sender_kind(place.door, Person(canary).address)
        place.notes.arrivals(kind, ticket, datetime.now(UTC), timedelta(hours=1))
    return Shop(settings, place, tickets)


def answered(place: Place) -> dict[str, str]:
    """An agent rewrites every draft, with the customer's name in it, and sets a label right."""
    tickets: dict[str, str] = {}
    with Publisher(place.brokers, place.codec) as publisher:
        for record in read_all(place.brokers, ["draft.created"]):
            draft = place.codec.decode(DraftCreated, record.value or b"")
            opened: Any = place.vault.open(draft, frozenset({"identity"}))
            if found := canaries(opened.identity.sender.address.encode()):
                (tickets[draft.ticket_id],) = found
                publisher.send(reply(draft, record.value or b"", opened.identity))
    return tickets


def _wait_for_review(settings: Settings, wanted: int) -> None:
    end = time.monotonic() + PATIENCE
    names = ["agent.edited", dead_topic("agent.replied")]
    while sum(1 for _ in read_all(settings.brokers, names)) < wanted:
        if time.monotonic() > end:
            raise RuntimeError("the stage review did not answer")
        time.sleep(1)


def erased(shop: Shop, persons: Sequence[Person], file: Path) -> tuple[int, float, float]:
    """`person erase`, killed in every step, then to its end; kills, seconds of the end, of all."""
    first = time.monotonic()
    file.write_text("\n".join(p.address for p in persons))
    command = [*PROGRAM, "person", "erase", "--file", str(file), "--yes"]
    environment = os.environ | shop.settings.environment()
    turns = [*(what for what, _ in STEPS), RECEIPTS]
    for what in turns:
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        if process.stderr is None or not any(said.startswith(what) for said in process.stderr):
            raise RuntimeError(f"it ended before {what!r}")
        time.sleep(0.3)  # into the step, so that some of it is done
        process.send_signal(signal.SIGKILL)
        process.communicate()
    began = time.monotonic()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return len(turns), time.monotonic() - began, time.monotonic() - first


def show(told: Row) -> None:
    """The result, a line each."""
    rows = [[k.replace("_", " "), json.dumps(v)] for k, v in told.items() if k != "machine"]
    print(table(["what", "found"], rows))


if __name__ == "__main__":
    main()
