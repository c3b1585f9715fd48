"""policy.changed -> what was published for a shop, for people and programs."""

from ticketstream.doors.output import say, say_json, table
from ticketstream.doors.policies import Published, Standing
from ticketstream.doors.publishing import called, local_name, standing_of
from ticketstream.doors.settings import Settings
from ticketstream.learning.toml_text import toml
from ticketstream.processors.policy import version_of
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import PolicyError
from ticketstream.schemas.json import to_json
from ticketstream.schemas.policy import Policy, PolicyChanged


def history(settings: Settings, shop: str | None, *, json: bool) -> None:
    """List every policy of a shop, oldest first."""
    now = standing_of(settings, shop)
    rows = [_row(one, now, settings) for one in now.published]
    if json:
        say_json(rows)
    elif rows:
        table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        say(f"nothing is published for the shop {now.shop}: {local_name(settings)} decides")


def show(settings: Settings, which: str, shop: str | None, *, json: bool) -> None:
    """Print a policy, whole; the one in force, if none is named.

    Raises:
        PolicyError: no such policy.
    """
    now = standing_of(settings, shop)
    change = _found(now, which) if which else now.in_force
    policy = change.policy if change else now.policy
    if json:
        event = to_json(change) if change else {"policy": to_json(policy)}
        say_json({**event, "hash": version_of(policy).hash})
        return
    origin = f"published by {change.author}: {change.note}" if change else local_name(settings)
    say(f"# {now.shop}: {called(policy)}, {origin}")
    say(toml(to_plain(Policy)(policy)).rstrip())


def _found(now: Standing, which: str) -> PolicyChanged:
    for one in reversed(now.published):
        version = version_of(one.change.policy)
        if which == version.version or version.hash.startswith(which):
            return one.change
    raise PolicyError(f"no policy {which!r} for the shop {now.shop}: see `policy history`")


def _row(one: Published, now: Standing, settings: Settings) -> dict[str, str]:
    policy = one.change.policy
    return {
        "begins": f"{one.begins.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}",
        "policy": policy.id,
        "version": policy.version,
        "hash": version_of(policy).hash[:12],
        "model": policy.active.model or "shipped",
        "killed": "yes" if policy.kill_switch else "no",
        "state": now.state(one),
        "author": one.change.author,
        "note": one.change.note,
    }
