"""Every file of public mail fixtures through the door: in = out + dead, no crash, dead by kind.

    python benchmarks/intake.py [DIR] [--quick] [--mask]

DIR (else TICKETSTREAM_DATA, else ../shared/data) holds the sets. Every file counts, those that are
no mail at all (licences, pictures, expectations) among them: they must become dead letters with
their bytes, or tickets where they look like a mail. Of an archive each member is a file. Prints
counts, never contents; `--quick` reads every tenth mail of the archives and writes no results.
`--mask` hands every ticket on to the real mask stage in memory, for which the law holds too:
out = masked + dead + tombstones (of which a door writes none).
"""

import argparse
import hashlib
import json
import os
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figures import percentiles, table
from machine import machine

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.burial import letter_of
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.read import read
from ticketstream.doors.rehearsal import Rehearsal
from ticketstream.doors.settings import ROOT, load
from ticketstream.schemas.codec import decode_record, encode_record
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.received import TicketReceived

RESULTS = Path(__file__).with_name("results") / "intake.json"
SETS = ("mime_flanker", "mime_mikel_mail", "talon_fixtures", "reply_parser_crisp", "spamassassin")
TOGETHER = 64  # tickets that mask takes at once
LARGEST = 2 * 1024 * 1024 - 2048  # bytes of an event that its topic takes


@dataclass
class Tally:
    """What became of the files of one set."""

    came: int = 0
    out: int = 0
    dead: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    attachments: int = 0
    masked: int = 0
    dead_in_mask: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """The law, and no crash."""
        behind = self.masked + self.dead_in_mask.total()
        return (
            self.came == self.out + self.dead.total()
            and not self.crashed
            and behind in {0, self.out}
        )

    def told(self) -> dict[str, Any]:
        """For the results file."""
        return {
            "in": self.came,
            "out": self.out,
            "dead": dict(self.dead.most_common()),
            "crashed": dict(self.crashed),
            "dead_share": round(self.dead.total() / self.came, 4) if self.came else 0.0,
            "auto_submitted": dict(self.kinds.most_common()),
            "tickets_with_signal": dict(self.signals.most_common()),
            "attachments": self.attachments,
            "masked": self.masked,
            "dead_in_mask": dict(self.dead_in_mask.most_common()),
            "milliseconds": percentiles(self.milliseconds) if self.came > 1 else {},
        }


def main() -> None:
    """Read the sets, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("data", nargs="?", type=Path, default=_data())
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--mask", action="store_true")
    given = parser.parse_args()
    sets = [name for name in SETS if (given.data / name).is_dir()]
    if not sets:
        parser.error(
            f"no set of {', '.join(SETS)} there: name the folder, or set TICKETSTREAM_DATA"
        )
    mask = Rehearsal(load(), "mask") if given.mask else None
    step = 10 if given.quick else 1
    tallies = {name: _tally(_files(given.data / name, step), mask) for name in sets}
    _print(tallies)
    if not given.quick:
        RESULTS.parent.mkdir(exist_ok=True)
        result = {"machine": machine(), "sets": {n: t.told() for n, t in tallies.items()}}
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    if not all(tally.kept for tally in tallies.values()):
        raise SystemExit("in = out + dead does not hold")


def _data() -> Path:
    named = os.environ.get("TICKETSTREAM_DATA")
    return Path(named) if named else ROOT.parent / "shared" / "data"


def _files(folder: Path, step: int) -> Iterator[bytes]:
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.name.endswith(".tar.gz"):
            yield from _members(path, step)
        else:
            yield path.read_bytes()


def _members(archive: Path, step: int) -> Iterator[bytes]:
    with tarfile.open(archive) as tar:
        for number, member in enumerate(m for m in tar if m.isfile()):
            if number % step == 0 and (file := tar.extractfile(member)) is not None:
                yield file.read()


def _tally(files: Iterable[bytes], mask: Rehearsal | None) -> Tally:
    tally = Tally()
    waiting: list[TicketReceived] = []
    with tempfile.TemporaryDirectory() as store:
        at = datetime(2026, 11, 23, tzinfo=UTC)
        door = Door("bench", b"a key of the benchmark", AttachmentStore(Path(store)), at)
        for data in files:
            tally.came += 1
            try:
                waiting += _one(data, door, tally)
            except Exception as error:  # noqa: BLE001  (that there is none is what is measured)
                tally.crashed[type(error).__name__] += 1
            if len(waiting) >= TOGETHER:
                _hand_on(waiting, mask, tally)
                waiting = []
    _hand_on(waiting, mask, tally)
    return tally


def _hand_on(tickets: Sequence[TicketReceived], mask: Rehearsal | None, tally: Tally) -> None:
    """Through the mask stage; a mail that came twice is answered twice."""
    for topic, headers, _ in mask.run(tickets) if mask else ():
        if topic == "ticket.masked":
            tally.masked += 1
        else:
            tally.dead_in_mask[headers["reason"]] += 1


def _one(data: bytes, door: Door, tally: Tally) -> list[TicketReceived]:
    began = time.perf_counter()
    answer = read(Raw("mail", data, "file"), door)
    tally.milliseconds.append((time.perf_counter() - began) * 1000)
    if isinstance(answer, Dead):
        letter = letter_of(data, answer, door)
        if letter.value != data and not dict(letter.headers).get("stored"):
            raise ValueError("a dead letter without its bytes")
        tally.dead[answer.message] += 1
        return []
    _check(answer, data, door)
    tally.out += 1
    tally.kinds[answer.auto_submitted.kind] += 1
    tally.signals.update(answer.signals.keys())
    tally.attachments += len(answer.attachments)
    return [answer]


def _check(ticket: TicketReceived, data: bytes, door: Door) -> None:
    """The event is whole, fits its topic, and is the same again.

    Raises:
        ValueError: it is not.
    """
    wire = encode_record(ticket)
    again = read(Raw("mail", data, "file"), door)
    if len(wire) > LARGEST or decode_record(TicketReceived, wire) != ticket or again != ticket:
        raise ValueError("an event that does not fit, or is another one the second time")
    for attachment in ticket.attachments:
        if attachment.id:
            kept = door.attachments.get(attachment)
            if hashlib.sha256(kept).hexdigest() != attachment.sha256:
                raise ValueError("an attachment that is not what came")


def _print(tallies: dict[str, Tally]) -> None:
    rows = [
        [
            name,
            f"{t.came:,}",
            f"{t.out:,}",
            f"{t.dead.total():,}",
            f"{t.dead.total() / t.came:.1%}",
            f"{t.crashed.total():,}",
            f"{t.attachments:,}",
            f"{percentiles(t.milliseconds)['p50']:.1f}",
            f"{percentiles(t.milliseconds)['p95']:.1f}",
        ]
        for name, t in tallies.items()
    ]
    print(table(["set", "in", "out", "dead", "share", "crash", "files", "p50 ms", "p95 ms"], rows))
    for name, tally in tallies.items():
        for message, count in tally.dead.most_common():
            print(f"{name}: dead {count / tally.came:6.2%} {message}")
        if tally.masked:
            dead = dict(tally.dead_in_mask) or "none"
            print(f"{name}: mask answered {tally.masked:,} of {tally.out:,}, dead letters: {dead}")
        for kind, count in tally.crashed.items():
            print(f"{name}: CRASH {count} {kind}")
    told: Counter[str] = Counter()
    for tally in tallies.values():
        told.update(tally.signals)
    print("tickets with a signal:", ", ".join(f"{n} {c:,}" for n, c in told.most_common()))


if __name__ == "__main__":
    main()
