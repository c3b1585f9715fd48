"""shadow report: what would have been done beside what agents did."""

from pathlib import Path
from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.days import Shop, Since, Until, wanted_of
from ticketstream.doors.equip import archive_of, labels_of
from ticketstream.doors.output import Json, Language, say, say_json
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.json import to_json

shadow = typer.Typer(help="What shadow mode would have done.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(shadow, name="shadow")


@shadow.callback()
def about() -> None:
    """Shadow mode decides everything and sends nothing."""


@shadow.command("report")
def shadow_report(
    *,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    bar: Annotated[
        float, typer.Option(help="The share of agreement that a category must reach to go live.")
    ] = 0.95,
    out: Annotated[Path | None, typer.Option(help="A new folder: JSON, a page.")] = None,
    language: Language = "en",
    json: Json = False,
) -> None:
    """Compare shadow decisions with what agents did: which category is ready to go live?"""
    from ticketstream.doors.reports.shadow import show  # noqa: PLC0415
    from ticketstream.learning.counterfactual.archived import read  # noqa: PLC0415
    from ticketstream.learning.pages.folder import check_empty  # noqa: PLC0415
    from ticketstream.learning.shadow.agreement import report  # noqa: PLC0415
    from ticketstream.learning.shadow.report import write_report  # noqa: PLC0415
    from ticketstream.learning.shadow.reviews import shadowed  # noqa: PLC0415

    if not 0 < bar < 1:
        raise SettingError(f"--bar is {bar}: must be between 0 and 1, as 0.95")
    if out:
        check_empty(out)
    settings = settings_module.load()
    archive, wanted = archive_of(settings), wanted_of(since, until, shop)
    labels = labels_of(settings)
    found = shadowed(read(archive, "decisions", wanted), read(archive, "outcomes", wanted))
    result = report(found, bar)
    files = write_report(out, result, language, labels) if out else []
    if json:
        say_json(to_json(result) | {"files": list(map(str, files))})
        return
    show(result, language, labels)
    for file in files:
        say(f"wrote {file}")
