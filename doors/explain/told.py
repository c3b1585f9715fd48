"""A ticket's chain -> what is told of it: values for programs, and the same in words."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from ticketstream.doors.desk.summaries import summary_line
from ticketstream.doors.explain.again import Again
from ticketstream.doors.explain.chain import Chain
from ticketstream.doors.explain.words import AGAIN, ORIGINS, WORDS
from ticketstream.processors.decision.words import chances, reason
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import number, percent, word
from ticketstream.projections.timeline import SUMMARIES
from ticketstream.schemas.json import to_json

Told = Mapping[str, Any]
TERMS = ("base", "value", "trigger", "history")


class Reader(NamedTuple):
    """For whom it is told."""

    tongue: Tongue
    labels: Labels
    zone: tzinfo

    def t(self, key: str) -> str:
        return WORDS[key][self.tongue == "de"]

    def when(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}"


def told(chain: Chain, again: Again | None, reader: Reader) -> dict[str, Any]:
    """Everything, for programs: labels, numbers, ids and versions; no text, no name, no address."""
    return {
        "ticket_id": chain.ticket_id,
        "events": [_event(link) for link in chain.links],
        "dead": [asdict(letter) for letter in chain.buried],
        "why": _why(chain, reader),
        "again": None if again is None else asdict(again),
    }


def _event(link: Any) -> dict[str, Any]:
    event = link.event
    return {
        "topic": link.topic,
        "event_id": str(event.event_id),
        "cause_id": None if event.cause_id is None else str(event.cause_id),
        "recorded_at": link.recorded_at,
        "occurred_at": event.occurred_at,
        "shop": event.shop,
        "producer": to_json(event.producer),
        "summary": SUMMARIES[type(event)](event),
    }


def _why(chain: Chain, reader: Reader) -> list[str]:
    routed = chain.newest("ticket.routed")
    if routed is None:
        return []
    return [reason(r.code, r.values, reader.tongue, reader.labels) for r in routed.reasons]


def lines(chain: Chain, again: Again | None, reader: Reader) -> Iterator[str]:
    """Everything, for people."""
    yield f"{reader.t('ticket')} {chain.ticket_id}"
    yield from _steps(chain, reader)
    yield from _judged(chain, reader)
    routed = chain.newest("ticket.routed")
    if routed is None:
        yield f"\n{reader.t('undecided')}"
        return
    yield from _decided(routed, reader)
    if again is not None:
        origin = ORIGINS[again.origin][reader.tongue == "de"] if again.origin else ""
        names = {"policy": f"{routed.policy.id} {routed.policy.version}", "origin": origin}
        values = names | {"hash": routed.policy.hash[:12], "differs": ", ".join(again.differs)}
        yield f"\n{AGAIN[again.result][reader.tongue == 'de'].format_map(values)}"


def _steps(chain: Chain, reader: Reader) -> Iterator[str]:
    for link in chain.links:
        summary = SUMMARIES[type(link.event)](link.event)
        line = summary_line(link.topic, summary, reader.tongue, reader.labels)
        made = link.event.producer
        step = word("topic", link.topic, reader.tongue)
        yield f"  {reader.when(link.recorded_at)}  {step}: {line}  [{made.name} {made.version}]"
        yield f"      {link.event.event_id}" + (
            f" {reader.t('answers')} {link.event.cause_id}" if link.event.cause_id else ""
        )
    for letter in chain.buried:
        made_by = f"[{letter.stage} {letter.version}]" if letter.stage else ""
        said = f"{letter.topic}: {letter.reason} {letter.message}"
        yield f"  {reader.when(letter.recorded_at)}  ! {said} {made_by}".rstrip()


def _judged(chain: Chain, reader: Reader) -> Iterator[str]:
    """Which models, calibration, knowledge and prompt had a say."""
    if (classified := chain.newest("ticket.classified")) is not None:
        models = ", ".join(f"{m.name} {m.version}" for m in classified.models)
        calibration = classified.calibration
        yield f"\n{reader.t('judged')} {models}"
        yield (
            f"{reader.t('calibration')} {calibration.id or '-'} "
            f"({calibration.method}, {number(str(calibration.size), reader.tongue)})"
        )
        if (opinion := classified.second_opinion) is not None:
            yield f"{reader.t('asked')} {_opinion(opinion, reader)}"
    if (draft := chain.newest("draft.created")) is not None:
        model = f"{draft.model.name} {draft.model.version}".strip() or "-"
        prompt = f", prompt {draft.prompt.id} {draft.prompt.hash[:12]}" if draft.prompt.hash else ""
        yield (
            f"{reader.t('drafted')} {model}, {reader.t('knowledge')} {draft.knowledge.version}"
            + (prompt)
        )


def _opinion(opinion: Any, reader: Reader) -> str:
    """Who was asked by which prompt, what came of it, and both answers where they differ."""

    def pair(*names: str) -> str:
        return " / ".join(reader.labels.called(n, reader.tongue) for n in names if n)

    said, own = pair(opinion.label, opinion.intent), pair(opinion.own_label, opinion.own_intent)
    parts = [opinion.model, word("opinion", opinion.status, reader.tongue)]
    if opinion.prompt_hash:
        parts.append(f"prompt {opinion.prompt_hash[:12]}")
    if said and said != own:
        parts.append(reader.t("instead").format(said=said, own=own))
    return ", ".join(parts)


def _decided(routed: Any, reader: Reader) -> Iterator[str]:
    tongue = reader.tongue
    due = reader.when(routed.due_at) if routed.due_at else "-"
    way = word("route", routed.route, tongue)
    yield (
        f"\n{reader.t('decision')} {way} · {word('queue', routed.queue, tongue)} · "
        f"{reader.t('priority')} {routed.priority} · {reader.t('due')} {due}"
    )
    policy = routed.policy
    yield f"{reader.t('policy')} {policy.id} {policy.version} ({policy.hash[:12]})"
    for place, each in enumerate(routed.reasons):
        mark = f"  <- {reader.t('decides')}" if place == 0 else ""
        yield f"  {place + 1}. {reason(each.code, each.values, tongue, reader.labels)}{mark}"
    if routed.hint:
        pair = (reader.labels.called(n, tongue) for n in (routed.sub_category, routed.intent))
        yield f"{reader.t('hint')} {' / '.join(pair)} ({percent(routed.confidence)})"
    yield _escalation(routed.escalation, reader)
    if routed.shadow is not None:
        yield f"{reader.t('shadow')} {word('route', routed.shadow.would_be, tongue)}"
    yield f"{reader.t('chances')} {chances(routed.eligible, tongue)}"


def _escalation(escalation: Any, reader: Reader) -> str:
    def term(name: str) -> str:
        value = number(getattr(escalation, name), reader.tongue)
        return f"{word('term', name, reader.tongue)} {value}"

    score = number(escalation.score, reader.tongue)
    rest = " + ".join(map(term, TERMS))
    return f"{reader.t('escalation')} {score} = {term('sentiment')} x ({rest})"
