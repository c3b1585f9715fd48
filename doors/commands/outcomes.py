"""replay outcomes: what would have become of the tickets under another policy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.days import Shop, Since, Until, wanted_of
from ticketstream.doors.commands.decide import replay
from ticketstream.doors.equip import archive_of, labels_of, policy_of
from ticketstream.doors.output import Json, prose, say, say_json, table
from ticketstream.processors.taxonomy import Labels
from ticketstream.processors.words import word
from ticketstream.schemas.json import to_json

if TYPE_CHECKING:
    from ticketstream.learning.counterfactual.report import Refused, WouldHave
    from ticketstream.learning.replay.intervals import Estimate


def register(_app: typer.Typer) -> None:
    """Its command stands on the replay group, which is registered by `decide`."""


@replay.command("outcomes")
def replay_outcomes(
    policy: Annotated[Path, typer.Option(help="The policy document to try.")],
    *,
    outcome: Annotated[
        Literal["csat", "reopened", "cost"], typer.Option(help="What became of them.")
    ] = "csat",
    since: Since = "",
    until: Until = "",
    shop: Shop = "",
    json: Json = False,
) -> None:
    """Estimate from the archive what ratings, reopenings or work another policy had led to."""
    from ticketstream.learning.counterfactual.archived import decided  # noqa: PLC0415
    from ticketstream.learning.counterfactual.report import would_have  # noqa: PLC0415

    settings = settings_module.load(policy=policy)
    rows = decided(archive_of(settings), wanted_of(since, until, shop), outcome)
    result = would_have(rows, policy_of(settings), outcome)
    if json:
        say_json(to_json(result))
    else:
        show(result, labels_of(settings))


def show(r: "WouldHave", labels: Labels) -> None:
    """The estimate for people."""
    policy = r.policy
    prose(
        f"policy {policy.id} {policy.version} {policy.hash[:12]}, by its rules alone: without its "
        "own exploration and audit, and as if it were live"
    )
    say(f"{r.outcome}: {r.scale.means}")
    if r.capped:
        say(f"{r.capped:,} tickets were over {r.scale.most:.0f} {r.scale.unit} and count as that")
    if not r.tickets:
        say("no decisions in the archive for these days and this shop")
        return
    if r.supported < r.tickets:
        _refusal(r, labels)
    if r.before is None or r.after is None or r.gain is None:
        say(f"no estimate: of no ticket with support is the {r.outcome} known")
    else:
        _estimate(r, r.before, r.after, r.gain)
    say("\nOf how many the outcome is known")
    table(["route", "known", "of"], [[_way(k.route), k.known, k.of] for k in r.known])
    say("Who is silent is taken to be like those of the same route and category who are not:")
    say("an assumption that no figure here can check.")
    left = {"without a decision": r.undecided, "of forgotten people": r.erased}
    if told := ", ".join(f"{n} {what}" for what, n in left.items() if n):
        say(f"left out: {told}")


def _way(route: str) -> str:
    return word("route", route, "en")


def _called(part: "Refused", labels: Labels) -> str:
    """What cannot be told of, in words: two routes, a category, or a band."""
    if part.by == "route":
        return " \N{RIGHTWARDS ARROW} ".join(map(_way, part.name.split(" -> ")))
    return labels.called(part.name, "en") if part.by == "category" else part.name


def _refusal(r: "WouldHave", labels: Labels) -> None:
    lost = r.tickets - r.supported
    say("")
    prose(
        f"No estimate for {lost:,} of {r.tickets:,} tickets ({lost / r.tickets:.1%}): the new "
        "policy sends them where the old one could not have sent any, so nobody can know. "
        "Exploration would tell."
    )
    table(
        ["by", "which", "tickets", "of"],
        [[part.by, _called(part, labels), part.tickets, part.of] for part in r.refused],
    )


def _estimate(r: "WouldHave", before: "Estimate", after: "Estimate", gain: "Estimate") -> None:
    whole = r.supported == r.tickets
    part = "For all" if whole else "For the part with support only,"
    say(f"\n{part} {r.supported:,} tickets (95 %)")
    rows = [("as decided", before), ("under the new policy", after), ("difference", gain)]
    table(["", f"{r.outcome} {r.scale.unit}".strip(), "from", "to"], [_row(*row) for row in rows])
    if not r.moved:
        say("The new policy sends none of these another way: no difference to estimate.")
        return
    say(
        f"{r.moved:,} tickets would go another way. Of these, chance sent {r.telling:,} that way "
        f"already and the\nend is known: all that is known of the rest (effective sample size "
        f"{r.effective:.1f})."
    )
    if r.thin:
        say("That is too few for a value; only the interval means something.")
    say(_verdict(gain))


def _verdict(gain: "Estimate") -> str:
    if gain.low > 0:
        return "The new policy gives more, beyond chance."
    if gain.high < 0:
        return "The new policy gives less, beyond chance."
    return "Whether the new policy gives more or less cannot be told from these tickets."


def _row(name: str, e: "Estimate") -> list[str]:
    return [name, *(f"{x:.3f}" for x in (e.value, e.low, e.high))]
