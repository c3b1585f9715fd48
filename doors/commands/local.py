"""demo, try and pipe: the line on one machine, with a real broker or with none."""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.operate import configure_log
from ticketstream.doors.output import Json, say, say_json
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.json import to_json

CHUNK = 64  # lines that go through the stages together
STAGE_NAMES = ("mask", "classify", "route", "draft")
HIDDEN = {"event_id", "cause_id", "producer", "identity", "scores", "intent_scores"}


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command()(demo)
    app.command("try")(try_files)
    app.command()(pipe)


def demo(
    *,
    once: Annotated[bool, typer.Option(help="No page: print a summary and end.")] = False,
    mailbox: Annotated[
        Path | None, typer.Option(help="Mails to publish; else the sample mailbox.")
    ] = None,
) -> None:
    """Everything on this machine: Kafka, stages, sample mailbox, read models, desk."""
    from ticketstream.doors.demo import run_demo  # noqa: PLC0415

    raise typer.Exit(run_demo(settings_module.load(), once=once, mailbox=mailbox))


def try_files(files: list[Path], *, json: Json = False) -> None:
    """One mail (or form, or chat) through all stages in memory; shows every event."""
    from ticketstream.doors import intake_door  # noqa: PLC0415
    from ticketstream.doors.rehearsal import Rehearsal  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    tickets, dead = intake_door.read_all(files, settings, intake_door.throwaway_key())
    intake_door.ensure_knowledge(settings)
    rehearsal = Rehearsal(settings, "draft")
    for letter in dead:
        say(f"intake.dead: {letter.reason}: {letter.message}")
    for ticket in tickets:
        if not json:
            say(f"ticket.received  {ticket.ticket_id}  {ticket.channel}")
        for topic, headers, event in rehearsal.run([ticket]):
            _show(topic, headers, event, json=json)


def pipe(
    stages: Annotated[list[str], typer.Argument(help="mask, classify, route, draft")],
    *,
    explain: Annotated[bool, typer.Option(help="Add spans and scores.")] = False,
    last: Annotated[bool, typer.Option(help="Print the last stage's event only.")] = False,
) -> None:
    """Stages as a filter: JSON lines in, JSON lines out, no broker."""
    from ticketstream.doors import piping  # noqa: PLC0415

    if unknown := [s for s in stages if s not in STAGE_NAMES]:
        raise SettingError(f"no stage {unknown[0]!r}: use {', '.join(STAGE_NAMES)}")
    wanted = sorted(stages, key=STAGE_NAMES.index)
    settings = settings_module.load()
    configure_log(settings)  # to standard error: what is printed here is for a program
    filter_ = piping.Pipe(settings, wanted[-1:] if last else wanted, explain=explain)
    for chunk in _chunks(sys.stdin.buffer):
        for line in filter_.run(chunk):
            say_json(line)
    if filter_.wrong:
        more = len(filter_.wrong) - 1
        raise piping.LineError(
            f"{filter_.wrong[0]}" + (f" (and {more} more lines)" if more else "")
        )


def _chunks(lines: Any) -> Iterator[list[tuple[int, bytes]]]:
    numbered = ((n, line) for n, line in enumerate(lines, start=1) if line.strip())
    while chunk := list(islice(numbered, CHUNK)):
        yield chunk


def _show(topic: str, headers: Any, event: Any, *, json: bool) -> None:
    if isinstance(event, bytes):
        say(f"{topic}: {headers['reason']}: {headers['message']}")
        return
    fields = {"topic": topic, **to_json(event)}
    if json:
        say_json(fields)
        return
    say(f"\n{topic}  by {event.producer.name} {event.producer.version}")
    shown = {k: v for k, v in fields.items() if k not in HIDDEN and v not in (None, "", [], {})}
    say(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
