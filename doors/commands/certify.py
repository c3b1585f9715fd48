"""calibrate and certify: thresholds with a guarantee, and whether it still holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.days import day
from ticketstream.doors.output import Json, say, say_json
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.json import to_json

if TYPE_CHECKING:
    from ticketstream.learning.certify.thresholds import Level
    from ticketstream.learning.replay.stored import Wanted

Alpha = Annotated[float, typer.Option(help="The largest share of wrong automatic replies.")]
Delta = Annotated[float, typer.Option(help="How often the guarantee may be false.")]
Since = Annotated[str, typer.Option(help="Received on this day (UTC) or later.")]
Until = Annotated[str, typer.Option(help="Received before this day (UTC).")]
Shop = Annotated[str, typer.Option(help="Of this shop only.")]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command("calibrate")(calibrate)
    app.command("certify")(certify)


def calibrate(
    policy: Annotated[
        Path | None, typer.Option(help="Whose rules and whitelist; default: the local policy.")
    ] = None,
    *,
    alpha: Alpha = 0.02,
    delta: Delta = 0.05,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    out: Annotated[Path, typer.Option(help="The document to write.")] = Path("calibrated.toml"),
    json: Json = False,
) -> None:
    """Choose thresholds per intent from reviewed outcomes, with a guarantee; nothing is published.

    Status 1 where nothing can be certified: the table says why, and how much data is missing.
    """
    from ticketstream.doors.certifying import calibrated, show  # noqa: PLC0415

    settings = settings_module.load(policy=policy) if policy else settings_module.load()
    if out.exists():
        raise SettingError(f"{out} exists: name a new file with --out")
    made, files = calibrated(settings, _level(alpha, delta), _wanted(since, until, shop), out)
    if json:
        say_json(to_json(made) | {"files": list(map(str, files))})
    else:
        show(made, [])
        for file in files:
            say(f"wrote {file}")
        if files:
            say(f"read it, then: ticketstream policy publish {out} --note WHY")
    if not files:
        raise typer.Exit(1)


def certify(
    policy: Annotated[Path, typer.Argument(help="A policy document, as `calibrate` wrote it.")],
    *,
    alpha: Alpha = 0.02,
    delta: Delta = 0.05,
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    json: Json = False,
) -> None:
    """The guarantee of a policy, its calibration set and its age; status 1 where there is none.

    The certificate beside the document is checked against the tickets since: where they drift, it
    has expired. A document without one is tested as it stands.
    """
    from ticketstream.doors.certifying import certified, show  # noqa: PLC0415

    settings = settings_module.load()
    wanted = _wanted(since, until, shop)
    made, drifted = certified(settings, policy, _level(alpha, delta), wanted)
    if json:
        say_json(to_json(made) | {"drift": [to_json(each) for each in drifted]})
    else:
        show(made, drifted)
    if drifted or not made.certified:
        raise typer.Exit(1)


def _level(alpha: float, delta: float) -> "Level":
    from ticketstream.learning.certify.thresholds import Level  # noqa: PLC0415

    for name, value in (("alpha", alpha), ("delta", delta)):
        if not 0 < value < 1:
            raise SettingError(f"--{name} is {value}: must be between 0 and 1")
    return Level(alpha, delta)


def _wanted(since: str, until: str, shop: str) -> "Wanted":
    from ticketstream.learning.replay.stored import Wanted  # noqa: PLC0415

    return Wanted(day(since, "--since"), day(until, "--until"), shop)
