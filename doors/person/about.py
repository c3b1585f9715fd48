"""The shop's notice and its policy -> what is said beside the data: Art. 15 (1) a to h GDPR."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ticketstream.doors.person.notice import Notice
from ticketstream.doors.person.schedule import CLEAR_DAYS, SEALED_DAYS
from ticketstream.doors.person.story import Section
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import word
from ticketstream.schemas.policy import Policy


@dataclass(frozen=True, slots=True)
class Met:
    """What the person's own events say.

    Attributes:
        channels: by which messages came.
        systems: upstream, through which they came.
        looked_up: whether the shop's register knew something.
        models: language models that were asked, as receipts tell them.
    """

    channels: Collection[str]
    systems: Collection[str]
    looked_up: bool
    models: Sequence[Mapping[str, Any]]


def about(
    notice: Notice, policy: Policy, met: Met, tongue: Tongue, labels: Labels
) -> list[Section]:
    """Everything that stands beside the data, section by section."""
    words, who, texts = getattr(notice, tongue), notice.controller, _texts(tongue)
    titles = texts["titles"]
    days = {"clear": CLEAR_DAYS, "sealed": SEALED_DAYS}
    facts = [
        (titles[name], getattr(who, name)) for name in ("name", "address", "contact", "officer")
    ]
    return [
        Section(titles["who"], facts=facts),
        Section(titles["purposes"], points=words.purposes),
        Section(titles["kinds"], points=texts["kinds"]),
        Section(titles["source"], points=_sources(met, tongue)),
        Section(titles["recipients"], points=_recipients(notice, met, tongue)),
        Section(titles["kept"], points=[line.format_map(days) for line in texts["kept"]]),
        Section(titles["machine"], points=rules(policy, tongue, labels)),
        Section(
            titles["rights"],
            points=[line.format(authority=who.authority) for line in texts["rights"]],
        ),
    ]


def rules(policy: Policy, tongue: Tongue, labels: Labels) -> list[str]:
    """The policy in sentences, with its own numbers."""
    texts, limits, weights = _texts(tongue), policy.thresholds, policy.escalation
    said = texts["said"]
    pairs = (
        f"{labels.called(p.sub_category, tongue)} ({labels.called(p.intent, tongue)})"
        for p in policy.whitelist
    )
    values = {
        "policy": f"{policy.id} {policy.version}",
        "spam": _number(limits.spam, tongue),
        "specialist": ", ".join(word("trigger", n, tongue) for n in policy.specialist_triggers),
        "escalation": _number(weights.threshold, tongue),
        "repeat": _number(weights.repeat_sentiment, tongue),
        "times": weights.repeat_tickets,
        "base": _number(weights.base, tongue),
        "value": _number(weights.value, tongue),
        "scale": _number(weights.value_scale, tongue),
        "trigger": _number(weights.trigger, tongue),
        "history": _number(weights.history, tongue),
        "amount": _number(limits.high_value_amount, tongue),
        "scope": _number(limits.out_of_scope, tongue),
        "injection": _number(limits.injection, tongue),
        "languages": ", ".join(policy.languages),
        "whitelist": ", ".join(pairs) or said["nothing"],
        "anger": _number(limits.anger, tongue),
        "auto": _number(limits.auto_reply, tongue),
        "stopped": said["stopped"] if policy.kill_switch or policy.mode == "shadow" else "",
        "suggestion": _number(limits.suggestion, tongue),
        "explored": said["explored"].format(_number(100 * policy.exploration_rate, tongue))
        if policy.exploration_rate
        else "",
    }
    return [rule.format_map(values) for rule in texts["rules"]]


def _sources(met: Met, tongue: Tongue) -> list[str]:
    origins = _texts(tongue)["from"]
    channels = [word("channel", name, tongue) for name in sorted(met.channels)]
    return [
        *([origins["you"].format(", ".join(channels))] if channels else []),
        *(origins["system"].format(name) for name in sorted(met.systems)),
        *([origins["register"]] if met.looked_up else []),
        origins["machines"],
    ]


def _recipients(notice: Notice, met: Met, tongue: Tongue) -> list[str]:
    said, words = _texts(tongue)["said"], getattr(notice, tongue)
    return [
        *words.recipients,
        *(said["through"].format(name) for name in sorted(met.systems)),
        *([said["model"].format_map(model) for model in met.models] or [said["no_model"]]),
        said["countries"].format(words.transfers),
    ]


@cache
def _texts(tongue: Tongue) -> Any:
    """The sentences of about.toml in one language."""
    document = tomllib.loads((files("ticketstream.doors.person") / "about.toml").read_text("utf-8"))
    index = int(tongue == "de")
    return {
        name: {key: pair[index] for key, pair in part.items()}
        if isinstance(part, dict)
        else [pair[index] for pair in part]
        for name, part in document.items()
    }


def _number(value: float, tongue: Tongue) -> str:
    text = f"{value:g}"
    return text.replace(".", ",") if tongue == "de" else text
