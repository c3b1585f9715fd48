"""A policy that somebody wants -> the event that makes it decide, and what is said about it."""

import getpass
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.equip import codec_of, labels_of
from ticketstream.doors.output import say, say_json
from ticketstream.doors.policies import Standing, Word, change_to, standing
from ticketstream.doors.promotion import check_model
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import changes, load_policy, version_of
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import PolicyError
from ticketstream.schemas.json import to_json
from ticketstream.schemas.policy import Policy
from ticketstream.stream.publish import Publisher

SWITCHES = ("active", "kill_switch")  # what operators set by commands; documents may leave them out


@dataclass(frozen=True, slots=True)
class Operator:
    """Who publishes, why, and where."""

    settings: Settings
    author: str | None
    note: str

    def standing(self, shop: str | None) -> Standing:
        return standing_of(self.settings, shop)

    def word(self, since: datetime | None = None) -> Word:
        return Word(self.author or _login(), self.note, since)


def publish(
    operator: Operator, document: Path, since: str | None, shop: str | None, *, json: bool
) -> None:
    """Publish a document.

    Raises:
        PolicyError, ModelError: it is refused; the message says why.
        BrokerError: it may not have arrived.
    """
    text = _checked(operator.settings, document)
    before = operator.standing(shop)
    new = _over_switches(operator.settings, text, document, before)
    if new.active != before.policy.active:
        check_model(operator.settings, new)
    announce(operator, before, new, since=_moment(operator.settings, since), json=json)


def diff(settings: Settings, document: Path, shop: str | None, *, json: bool) -> None:
    """Say what a document would change."""
    text = _checked(settings, document)
    before = standing_of(settings, shop)
    _say_changes(before.policy, _over_switches(settings, text, document, before), json=json)


def switch(operator: Operator, shop: str, *, killed: bool) -> None:
    """Turn a shop's kill switch on or off."""
    before = operator.standing(shop)
    announce(operator, before, replace(before.policy, kill_switch=killed))


def announce(
    operator: Operator,
    before: Standing,
    new: Policy,
    *,
    since: datetime | None = None,
    json: bool = False,
) -> None:
    """Publish a policy and say what changes, and what it puts an end to.

    Raises:
        PolicyError: it is refused.
        BrokerError: it may not have arrived.
    """
    if new == before.policy and before.in_force and not before.planned:
        _say_unchanged(before, json=json)
        return
    change = change_to(new, before, operator.word(since))
    settings = operator.settings
    Publisher(brokers_of(settings), codec_of(settings)).deliver(change)
    ended = [one.change.policy for one in before.planned]
    if json:
        versions = [to_json(version_of(policy)) for policy in ended]
        say_json({**to_json(change), "hash": version_of(new).hash, "no_longer_planned": versions})
        return
    begins = f"from {since.isoformat()}" if since else "at once"
    say(f"published for the shop {before.shop}: {called(new)}, in force {begins}")
    if before.in_force is None:
        say(f"nothing was in force before: it takes the place of {local_name(settings)}")
    _say_changes(before.policy, new, json=False)
    for policy in ended:
        say(f"no longer planned: {called(policy)}; publish it again if it is still wanted")


def standing_of(settings: Settings, shop: str | None) -> Standing:
    """The policies of a shop, of the own one if none is named."""
    return standing(settings, brokers_of(settings), shop or settings.shop)


def called(policy: Policy) -> str:
    """A policy in a line of words."""
    version = version_of(policy)
    return f"policy {version.id} {version.version} ({version.hash[:12]})"


def local_name(settings: Settings) -> str:
    """What decides where nothing is published, as people know it."""
    return str(settings.policy) if settings.policy else "the shipped policy"


def _checked(settings: Settings, document: Path) -> str:
    """The text of a document that can be used: a bad one is refused before a broker is asked."""
    try:
        text = document.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{document} cannot be read: {type(error).__name__}") from error
    load_policy(text, str(document), labels=labels_of(settings))
    return text


def _over_switches(settings: Settings, text: str, document: Path, before: Standing) -> Policy:
    plain = to_plain(Policy)(before.policy)
    switches = {name: plain[name] for name in SWITCHES}
    return load_policy(text, str(document), switches, labels_of(settings))


def _moment(settings: Settings, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise PolicyError(f"{given!r} is no moment: write it as 2027-01-31T09:00") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=settings.zone)


def _say_unchanged(before: Standing, *, json: bool) -> None:
    if json:
        say_json({"unchanged": to_json(version_of(before.policy))})
    else:
        say(f"{before.shop}: {called(before.policy)} is in force already: nothing is published")


def _say_changes(before: Policy, after: Policy, *, json: bool) -> None:
    found = changes(before, after)
    if json:
        say_json([{"setting": s, "before": b, "after": a} for s, b, a in found])
        return
    for setting, old, new in found:
        say(f"  {setting}: {_shown(old)} -> {_shown(new)}")
    if not found:
        say("  nothing differs from what was in force")


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
