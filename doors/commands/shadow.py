"""shadow report: what would have been done beside what agents did."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.days import Shop, Since, Until, wanted_of
from ticketstream.doors.equip import archive_of
from ticketstream.doors.output import Json, say, say_json, table
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.json import to_json

if TYPE_CHECKING:
    from ticketstream.learning.shadow.agreement import Agreement, Confused, Report, Verdict

shadow = typer.Typer(help="What shadow mode would have done.", no_args_is_help=True)
KEPT = {True: "kept", False: "not kept", None: "-"}
FEW = 15  # rows of a table for people; --json and --out have them all


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
    out: Annotated[Path | None, typer.Option(help="A new folder for shadow.json.")] = None,
    json: Json = False,
) -> None:
    """Compare shadow decisions with what agents did: which category is ready to go live?"""
    from ticketstream.learning.counterfactual.archived import read  # noqa: PLC0415
    from ticketstream.learning.shadow.agreement import report  # noqa: PLC0415
    from ticketstream.learning.shadow.reviews import shadowed  # noqa: PLC0415

    if not 0 < bar < 1:
        raise SettingError(f"--bar is {bar}: must be between 0 and 1, as 0.95")
    archive, wanted = archive_of(settings_module.load()), wanted_of(since, until, shop)
    found = shadowed(read(archive, "decisions", wanted), read(archive, "outcomes", wanted))
    result = report(found, bar)
    file = _write(out, result) if out else None
    if json:
        say_json(to_json(result))
        return
    show(result)
    if file:
        say(f"\nwrote {file}")


def show(r: "Report") -> None:
    """The comparison for people."""
    say(f"{r.decisions:,} decisions in shadow mode, {r.reviewed:,} of them reviewed by an agent")
    left = {"live decisions": r.live, "of forgotten people": r.erased}
    if told := ", ".join(f"{n} {what}" for what, n in left.items() if n):
        say(f"left out: {told}")
    if not r.decisions:
        say('a policy with mode = "shadow" makes them; `ticketstream project` archives them')
        return
    say(f"without review, of those that a person should see: {r.unreviewed.value:.1%}")
    say(f"\nReady to go live? (the lower end of the interval against {r.bar:.0%})")
    table(
        ["category", "sendable", "reviewed", "agreed", "95 %", "verdict"],
        [_verdict(v) for v in r.verdicts],
    )
    for head, rows in (("category", r.by_category), ("confidence", r.by_band)):
        say(f"\nAgreement by {head}")
        table([head, "decisions", "reviewed", "agreed", "95 %"], [_agreed(a) for a in rows])
    for head, some in (("labels", r.labels), ("routes", r.routes)):
        _confusion(head, some)
    say("\nEscalation, of tickets with a review or a route at the close")
    escalation = (
        ("escalated, and ordinary", r.over_escalated),
        ("ordinary, and escalated", r.missed),
    )
    table(
        ["ours, and theirs", "decisions", "known", "tickets", "95 %"],
        [[name, *_agreed(a)[1:]] for name, a in escalation],
    )
    _disagreements(r)


def _verdict(v: "Verdict") -> list[object]:
    told: str = v.verdict
    if not v.sendable:
        told += ": none of its tickets would be sent"
    elif v.verdict == "not enough":
        if v.more is None:
            told += ": far too few"
        else:
            how = "if agents agree as often" if v.at == "as often" else "if agents agree with all"
            told += f": about {v.more:,} more reviewed tickets needed, {how}"
    elif v.verdict == "not ready":
        told += ": agents disagree too often"
    return [v.category, v.sendable, v.reviewed, v.agreed, _share(v), told]


def _agreed(a: "Agreement") -> list[object]:
    return [a.name, a.decisions, a.reviewed, a.agreed, _share(a)]


def _share(found: "Agreement | Verdict") -> str:
    if not found.reviewed:
        return "nothing known"
    return f"{found.share.value:.1%} ({found.share.low:.1%} to {found.share.high:.1%})"


def _confusion(head: str, rows: "Sequence[Confused]") -> None:
    if not rows:
        return
    say(f"\nWhere {head} differ")
    table(["ours", "theirs", "tickets"], [[c.ours, c.theirs, c.tickets] for c in rows[:FEW]])
    if len(rows) > FEW:
        say(f"  and {len(rows) - FEW} more kinds: --json or --out")


def _disagreements(r: "Report") -> None:
    if not r.disagreements:
        return
    say(f"\nDisagreements to read, the surest first ({r.disagreements_all:,} in all)")
    table(
        ["ticket", "confidence", "ours", "theirs", "would be", "became", "reply"],
        [
            [
                *(d.ticket_id, d.band),
                f"{d.ours.sub_category}/{d.ours.intent}",
                f"{d.theirs.sub_category}/{d.theirs.intent}",
                *(d.would_be, d.route, KEPT[d.reply_kept]),
            ]
            for d in r.disagreements[:FEW]
        ],
    )


def _write(folder: Path, result: "Report") -> Path:
    file = folder / "shadow.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SettingError(f"{folder} is not empty: name a new folder")
        file.write_bytes(orjson.dumps(to_json(result), option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise SettingError(f"{folder} cannot be written ({error.strerror})") from error
    return file
