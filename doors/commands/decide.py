"""replay: decisions again, under another policy."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.commands.days import Shop, Since, Until, wanted_of
from ticketstream.doors.commands.operate import configure_log
from ticketstream.doors.equip import (
    archive_of,
    codec_of,
    erased_of,
    key_source,
    policy_of,
    route_resources,
)
from ticketstream.doors.output import Json, Language, progress, say, say_json
from ticketstream.doors.settings import Settings
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.json import to_json

if TYPE_CHECKING:
    from ticketstream.learning.replay.costs import Costs
    from ticketstream.learning.replay.stored import Stored, Wanted

replay = typer.Typer(help="Decisions again, under another policy.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(replay, name="replay")


@replay.callback()
def about() -> None:
    """Decisions again; no live topic is written."""


@replay.command("route")
def replay_route(
    policy: Annotated[Path, typer.Option(help="The policy document to try.")],
    *,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    limit: Annotated[int, typer.Option(min=0, help="The latest so many; 0: all.")] = 0,
    source: Annotated[
        Literal["topic", "archive"], typer.Option("--from", help="Where they are stored.")
    ] = "topic",
    costs: Annotated[Path | None, typer.Option(help="A table of costs by route (TOML).")] = None,
    out: Annotated[Path | None, typer.Option(help="A new folder: Parquet, JSON, a page.")] = None,
    emit: Annotated[
        bool, typer.Option("--emit", help="Publish the decisions to a topic of their own.")
    ] = False,
    language: Language = "en",
    json: Json = False,
) -> None:
    """Route the stored classifications under another policy: what would move?"""
    from ticketstream.doors.reports.replay import show  # noqa: PLC0415
    from ticketstream.learning.pages.folder import check_empty  # noqa: PLC0415
    from ticketstream.learning.replay.compare import compare, redecide  # noqa: PLC0415
    from ticketstream.learning.replay.report import write_report  # noqa: PLC0415
    from ticketstream.processors.decision.draws import keyed  # noqa: PLC0415

    settings = settings_module.load(policy=policy)
    configure_log(settings)
    policy_of(settings)  # what is wrong with the document is said before a missing key
    resources = route_resources(settings, key_source(settings).load("draws"))
    wanted = replace(wanted_of(since, until, shop), limit=limit)
    if out:
        check_empty(out)
    if emit and (limit or source == "archive"):
        raise SettingError(
            "--emit publishes whole events, which only the topic has, and all of them: leave out "
            "--limit and --from archive; --since, --until and --shop may stay"
        )
    draws, prices = keyed(resources.draw_key), _costs(costs)
    rows = _rows(settings, source, wanted)
    if not len(rows):
        raise SettingError(
            f"no decision to compare ({rows.undecided} undecided, {rows.erased} forgotten, "
            f"{rows.unreadable} unreadable): look at --since, --until and --shop"
        )
    progress(f"deciding {len(rows):,} again")
    made = redecide(rows, resources.policy, draws)
    result = compare(rows, resources.policy, made, prices, draws)
    files = write_report(out, rows, made, result, language) if out else []
    topic, sent = _emitted(settings, resources, wanted) if emit else ("", 0)
    if json:
        say_json(to_json(result) | {"files": list(map(str, files)), "topic": topic, "sent": sent})
        return
    show(result, language)
    for file in files:
        say(f"wrote {file}")
    if emit:
        say(f"published {sent} decisions to {topic}")


def _rows(settings: Settings, source: str, wanted: "Wanted") -> "Stored":
    from ticketstream.learning.replay.sources import (  # noqa: PLC0415
        Log,
        from_archive,
        from_topics,
    )

    def tell(read: int) -> None:
        progress(f"read {read:,}")

    if source == "archive":
        return from_archive(archive_of(settings), wanted, tell)
    log = Log(brokers_of(settings), codec_of(settings))
    return from_topics(log, erased_of(settings), wanted, tell)


def _emitted(settings: Settings, resources: object, wanted: "Wanted") -> tuple[str, int]:
    from ticketstream.learning.replay.emit import emit  # noqa: PLC0415
    from ticketstream.processors.route import RouteResources  # noqa: PLC0415

    assert isinstance(resources, RouteResources)

    def tell(sent: int) -> None:
        progress(f"published {sent:,}")

    return emit(brokers_of(settings), codec_of(settings), resources, wanted, tell)


def _costs(file: Path | None) -> "Costs":
    from ticketstream.learning.replay.costs import read_costs, shipped_costs  # noqa: PLC0415

    if file is None:
        return shipped_costs()
    try:
        return read_costs(file.read_text("utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} cannot be read ({type(error).__name__})") from error
