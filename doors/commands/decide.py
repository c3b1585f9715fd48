"""replay: decisions again, under another policy."""

from pathlib import Path
from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.equip import codec_of, key_source, route_resources
from ticketstream.doors.output import Json, say, say_json, table
from ticketstream.schemas.json import to_json

SHOWN = 20  # moved tickets that are listed

replay = typer.Typer(help="Decisions again, under another policy.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(replay, name="replay")


@replay.callback()
def about() -> None:
    """Decisions again; nothing is written to a topic."""


@replay.command("route")
def replay_route(
    policy: Annotated[Path, typer.Option(help="The policy document to try.")],
    *,
    json: Json = False,
) -> None:
    """Route the stored classifications under another policy: what would move?"""
    from ticketstream.learning.replay import replay_topics  # noqa: PLC0415

    settings = settings_module.load(policy=policy)
    resources = route_resources(settings, key_source(settings).load("draws"))
    result = replay_topics(brokers_of(settings), codec_of(settings), resources)
    if json:
        say_json(
            {
                "policy": result.policy,
                "compared": result.compared,
                "matrix": [
                    {"before": b, "after": a, "tickets": n}
                    for (b, a), n in sorted(result.matrix.items())
                ],
                "moves": [to_json(m) for m in result.moves],
                "undecided": result.undecided,
                "unreadable": result.unreadable,
            }
        )
        return
    say(f"policy {result.policy}: {result.compared} decisions, {len(result.moves)} would move")
    table(
        ["before", "after", "tickets"], [[b, a, n] for (b, a), n in sorted(result.matrix.items())]
    )
    for move in result.moves[:SHOWN]:
        say(
            f"  {move.ticket_id}  {move.before} ({move.reason_before}) -> "
            f"{move.after} ({move.reason_after})  confidence {move.confidence:.2f}"
        )
    if result.undecided or result.unreadable:
        say(f"not compared: {result.undecided} without a decision, {result.unreadable} unreadable")
