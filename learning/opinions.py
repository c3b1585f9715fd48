"""Labelled tickets that nobody learned from, asked about -> who is right when two models differ."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ticketstream.learning.examples import Example
from ticketstream.processors.classify import ClassifyResources, classify
from ticketstream.processors.label_prompt import Pair
from ticketstream.processors.second_opinion import Case, Measurement, SecondOpinions
from ticketstream.schemas.classified import SecondOpinion
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.masked import Language, TicketMasked, TicketText

TOGETHER = 16  # tickets: a slice waits for its answers no longer than its deadline
NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking about labelled tickets gave.

    Attributes:
        tickets: all that were judged; `outcomes` counts those that it would be asked about.
        right: of the answers, how many had sub-category and intent right; `own` of the same.
    """

    tickets: int
    outcomes: Mapping[str, int]
    answered: int
    right: int
    own: int
    cost: float
    measurement: Measurement


def ask_about(examples: Sequence[Example], resources: ClassifyResources) -> Asked:
    """Ask about every labelled ticket that the classifier is unsure of.

    Raises:
        ModelError: an example is among those that are shown to the language model.
    """
    second = resources.second
    if second is None:
        raise ModelError("nobody to ask: set TICKETSTREAM_LANGUAGE_MODEL")
    shown = {shot.text for shot in second.prompt.shots.shots}
    if any(e.text in shown for e in examples):
        raise ModelError("a ticket is among the examples that are shown: measure on others")
    opinions = list(_opinions(examples, resources))
    pairs = [Pair(e.sub_category, e.intent) for e in examples]
    told = [(o, p) for o, p in zip(opinions, pairs, strict=True) if o and o.label]
    return Asked(
        tickets=len(examples),
        outcomes=Counter(_outcome(o) for o in opinions if o),
        answered=len(told),
        right=sum(said(o) == p for o, p in told),
        own=sum(own(o) == p for o, p in told),
        cost=sum(o.cost for o in opinions if o),
        measurement=measured(told, second, resources.calibration.id),
    )


def measured(
    told: Sequence[tuple[SecondOpinion, Pair]], second: SecondOpinions, heads: str
) -> Measurement:
    """Who was right, where both said the same and where they differed."""
    same = [(o, p) for o, p in told if said(o) == own(o)]
    other = [(o, p) for o, p in told if said(o) != own(o)]
    return Measurement(
        second.model.version,
        second.prompt.hash,
        heads,
        second.below,
        agreed=Case(sum(said(o) == p for o, p in same), len(same)),
        answer=Case(sum(said(o) == p for o, p in other), len(other)),
        own=Case(sum(own(o) == p for o, p in other), len(other)),
    )


def document_of(measurement: Measurement) -> dict[str, Any]:
    """The measurement as it is stored, and read by `processors.second_opinion.measurement_of`."""
    cases = {n: getattr(measurement, n) for n in ("agreed", "answer", "own")}
    return {
        "id": measurement.id,
        "model": measurement.model,
        "prompt_hash": measurement.prompt_hash,
        "heads": measurement.heads,
        "below": measurement.below,
        **{name: [case.right, case.size] for name, case in cases.items()},
    }


def said(opinion: SecondOpinion) -> Pair:
    """The answer."""
    return Pair(opinion.label, opinion.intent)


def own(opinion: SecondOpinion) -> Pair:
    """What the small model says."""
    return Pair(opinion.own_label, opinion.own_intent)


def _opinions(
    examples: Sequence[Example], resources: ClassifyResources
) -> list[SecondOpinion | None]:
    tickets = [_ticket(example, number) for number, example in enumerate(examples, 1)]
    slices = [tickets[at : at + TOGETHER] for at in range(0, len(tickets), TOGETHER)]
    return [event.second_opinion for part in slices for event in classify(part, resources)]


def _ticket(example: Example, number: int) -> TicketMasked:
    """As mask would hand it over: the examples are masked already."""
    return TicketMasked(
        event_id=UUID(int=number),
        ticket_id=str(number),
        case_id=str(number),
        cause_id=None,
        occurred_at=NO_TIME,
        shop="",
        producer=Producer("mask", ""),
        language=Language(example.language, 1.0),
        text=TicketText(text=example.text),
    )


def _outcome(opinion: SecondOpinion) -> str:
    return opinion.status if not opinion.reason else f"{opinion.status}: {opinion.reason}"
