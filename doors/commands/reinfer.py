"""replay classify, draft, mask: stored events answered again by today's models, and compared."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.commands.days import Shop, Since, Until, wanted_of
from ticketstream.doors.commands.decide import replay
from ticketstream.doors.output import Json, progress, say, say_json, table
from ticketstream.schemas.json import to_json

if TYPE_CHECKING:
    from ticketstream.learning.reinfer.tally import Reinferred
    from ticketstream.learning.replay.stored import Wanted

Name = Annotated[
    str, typer.Option("--producer", help="A name for the trial; it marks what is published.")
]
Emit = Annotated[
    bool, typer.Option("--emit", help="Publish the marked answers to a topic of their own.")
]
Limit = Annotated[int, typer.Option(min=0, help="The latest so many; 0: all.")]
NUMBERS = {"mask": "values found", "classify": "confidence", "draft": "grounding"}


def register(_: typer.Typer) -> None:
    """Add this room's commands to `replay`."""
    replay.command("classify")(classify)
    replay.command("draft")(draft)
    replay.command("mask")(mask)


def classify(
    producer: Name,
    snapshot: Annotated[
        str, typer.Option(help="A snapshot's id; default: the one that decides.")
    ] = "",
    *,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    limit: Limit = 0,
    emit: Emit = False,
    json: Json = False,
) -> None:
    """Classify the masked tickets again; no language model is asked."""
    wanted = replace(wanted_of(since, until, shop), limit=limit)
    _again("classify", producer, wanted, snapshot, emit=emit, json=json)


def draft(
    producer: Name,
    *,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    limit: Limit = 0,
    emit: Emit = False,
    json: Json = False,
) -> None:
    """Draft for the routed tickets again, with today's knowledge; nothing can be sent."""
    wanted = replace(wanted_of(since, until, shop), limit=limit)
    _again("draft", producer, wanted, emit=emit, json=json)


def mask(
    producer: Name,
    *,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    limit: Limit = 0,
    emit: Emit = False,
    json: Json = False,
) -> None:
    """Mask again what `ticket.received` still has; the vault admits nobody anew."""
    wanted = replace(wanted_of(since, until, shop), limit=limit)
    _again("mask", producer, wanted, emit=emit, json=json)


def _again(
    stage: str, name: str, wanted: "Wanted", snapshot: str = "", *, emit: bool, json: bool
) -> None:
    from ticketstream.doors.reinferring import Order, again  # noqa: PLC0415

    settings = settings_module.load()
    order = Order(stage, name, wanted, snapshot, emit)
    result, topic = again(settings, brokers_of(settings), order, _tell)
    if json:
        say_json(to_json(result) | {"topic": topic})
        return
    show(stage, result)
    if topic:
        say(f"published to {topic}")


def _tell(answered: int) -> None:
    progress(f"answered {answered:,} again")


def show(stage: str, result: "Reinferred") -> None:
    """The comparison for people."""
    made = result.producer
    say(f"REPLAY {made.name} {made.version}: {result.compared:,} compared, {result.moved:,} moved")
    if stage == "draft":
        say(f"{result.sources_moved:,} rest on other sources")
    say(f"mean {NUMBERS[stage]}: {result.number_before:.3f} then, {result.number_after:.3f} now")
    if result.matrix:
        table(["then", "now", "tickets"], [[m.before, m.after, m.tickets] for m in result.matrix])
    if result.bands:
        say(f"{NUMBERS[stage]} by tenths")
        table(["then", "now", "tickets"], [[m.before, m.after, m.tickets] for m in result.bands])
    if result.found:
        table(["type", "then", "now"], [[f.kind, f.before, f.after] for f in result.found])
    if result.first_answers:
        say(f"{result.first_answers:,} had no stored answer")
    for reason, count in result.dead.items():
        say(f"{count:,} without an answer: {reason}")
    if result.tickets:
        say("tickets that moved: " + ", ".join(result.tickets[:10]))
