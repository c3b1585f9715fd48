"""Unsure judgements -> whom a language model is asked about, what it said, which label wins.

The rule, in order:
- Asked is about what the small model is less sure of than `below`, the least sure first, while the
  budget lasts; never about machine mail, nor about what sounds like orders to a machine.
- Both say the same: the label stands. An own label of `GUARDED` stands whatever the answer is, for
  nobody may talk a ticket away from those who must see it.
- They differ, and held-out tickets have shown who is right more often then: that one wins.
- They differ and nobody measured: the own label stands if it is at least as likely right as wrong,
  else the answer wins.
- Confidence is what was measured for the case; unmeasured, it is what the small model alone gives
  the winning pair, and no automatic reply rests on it (`processors/route.py`).

Scores in the event stay the small model's. `weigh` and `confidence_of` are pure functions of what
the event holds, so a replay asks nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from math import sqrt
from typing import Any

import orjson

from ticketstream.processors.calibration import PairCalibration, calibrate
from ticketstream.processors.heads import Floats, Judgement
from ticketstream.processors.label_prompt import LabelPrompt, Pair, Shot, pair_of
from ticketstream.processors.language_model import LanguageModel, Reply
from ticketstream.processors.lower import Vectors
from ticketstream.processors.taxonomy import LEGAL, Labels
from ticketstream.schemas.classified import ANSWERED, OpinionStatus, SecondOpinion
from ticketstream.schemas.envelope import AutoKind

HALF = 0.5
GUARDED = frozenset({LEGAL})
LANGUAGES = frozenset({"en", "de"})  # those that the phrases of an injection are known in
Scores = tuple[Floats, Floats]  # of sub-categories and of intents, before calibration
FEWEST = 100  # tickets of a case, from which on its measurement counts
ONE_SIDED_95 = 1.645


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the small model made of a ticket; `vector` is the masked text's, [384]."""

    text: str
    vector: Vectors
    judged: Judgement
    pair: Pair
    confidence: float
    injection: float
    language: str
    auto_submitted: AutoKind


@dataclass(frozen=True, slots=True)
class Case:
    """How many of the held-out tickets of a case were right."""

    right: int = 0
    size: int = 0

    @property
    def rate(self) -> float | None:
        """The share that is right, at the lower end of what the sample allows (Wilson, 95 %)."""
        if self.size < FEWEST:
            return None
        n, share, z = self.size, self.right / self.size, ONE_SIDED_95
        wide = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return (share + z * z / (2 * n) - wide) / (1 + z * z / n)


@dataclass(frozen=True, slots=True)
class Measurement:
    """How often who was right on held-out tickets; it holds for one model, prompt and threshold.

    Attributes:
        model, prompt_hash, heads: whom it was measured with; `heads` is a calibration's id.
        agreed: both said the same.
        answer: they differed and the language model was right; `own` counts the same tickets.
    """

    model: str
    prompt_hash: str
    heads: str
    below: float
    agreed: Case
    answer: Case
    own: Case

    @property
    def id(self) -> str:
        """Changes with any word or number of it."""
        return sha256(orjson.dumps(self)).hexdigest()[:16]

    def rate(self, status: OpinionStatus) -> float | None:
        """How often the label that wins is right; None where too little was measured."""
        return {"agreed": self.agreed, "overruled": self.answer, "kept": self.own}[status].rate


def measurement_of(document: Mapping[str, Any]) -> Measurement:
    """The measurement of a parsed document; one that does not fit raises what Python raises."""
    cases = {name: Case(*map(int, document[name])) for name in ("agreed", "answer", "own")}
    return Measurement(
        model=str(document["model"]),
        prompt_hash=str(document["prompt_hash"]),
        heads=str(document["heads"]),
        below=float(document["below"]),
        **cases,
    )


@dataclass(frozen=True, slots=True)
class SecondOpinions:
    """Whom to ask, how, and about what."""

    model: LanguageModel
    prompt: LabelPrompt
    below: float
    injection: float
    measured: Measurement | None = None

    @property
    def version(self) -> str:
        """Changes with all that can change an answer or what is made of it."""
        measured = self.measured.id if self.measured else ""
        said = [self.model.version, self.prompt.hash, self.below, self.injection, measured]
        return sha256(orjson.dumps(said)).hexdigest()[:12]

    def wants(self, doubt: Doubt) -> bool:
        """Whether a ticket is unsure enough, and of a kind that an answer is of use for."""
        return doubt.confidence < self.below and doubt.auto_submitted == "no" and bool(doubt.text)

    def withholds(self, doubt: Doubt) -> str:
        """The code of why a ticket must not be sent; empty where it may be."""
        if doubt.injection >= self.injection:
            return "injection"
        return "" if doubt.language in LANGUAGES else "language"


def second_opinions(
    doubts: Sequence[Doubt], by: SecondOpinions | None
) -> list[SecondOpinion | None]:
    """What a language model says about each ticket; None where nobody asks."""
    if by is None:
        return [None] * len(doubts)
    found = [_withheld(d, by) if by.wants(d) else None for d in doubts]
    wanted = [i for i, d in enumerate(doubts) if by.wants(d) and not by.withholds(d)]
    wanted.sort(key=lambda i: doubts[i].confidence)
    shots = [by.prompt.shots.nearest(doubts[i].vector) for i in wanted]
    prompts = [by.prompt.of(doubts[i].text, s) for i, s in zip(wanted, shots, strict=True)]
    replies = by.model.ask(prompts, partial(_wrong, by.prompt.labels), len(doubts))
    for i, shown, reply in zip(wanted, shots, replies, strict=True):
        found[i] = _opinion(doubts[i], shown, reply, by)
    return found


def weigh(
    own: Pair, confidence: float, said: Pair, labels: Labels, measured: Measurement | None
) -> tuple[OpinionStatus, str]:
    """Which label wins, and the code of why."""
    if said == own:
        return "agreed", ""
    if labels.category_of[own.sub_category] in GUARDED:
        return "kept", "guarded"
    if measured and (theirs := measured.answer.rate) is not None:
        return ("overruled" if theirs > (measured.own.rate or 0.0) else "kept"), "measured"
    return ("overruled", "unsure") if confidence < HALF else ("kept", "likelier")


def winner(own: Pair, opinion: SecondOpinion | None) -> Pair:
    """The pair that stands after a second opinion."""
    overruled = opinion is not None and opinion.status == "overruled"
    return Pair(opinion.label, opinion.intent) if opinion and overruled else own


def confidence_of(
    scores: Scores,
    pair: Pair,
    opinion: SecondOpinion | None,
    labels: Labels,
    calibration: PairCalibration,
    *,
    measured: Measurement | None,
    language: str,
) -> float:
    """How sure the pair is that stands, the small model's own or the opinion's."""
    if opinion and measured and opinion.status in ANSWERED:
        rate = measured.rate(opinion.status)
        if rate is not None:
            return rate
    return calibrate(*scores, calibration, places(pair, labels), language)


def places(pair: Pair, labels: Labels) -> tuple[int, int]:
    """Where a pair stands among the scores."""
    return labels.sub_categories.index(pair.sub_category), labels.intents.index(pair.intent)


def _opinion(
    doubt: Doubt, shots: Sequence[Shot], reply: Reply, by: SecondOpinions
) -> SecondOpinion:
    status, reason, said = _weighed(doubt, reply, by)
    rated = said is not None and by.measured and by.measured.rate(status) is not None
    return SecondOpinion(
        status=status,
        reason=reason,
        model=by.model.name,
        prompt_hash=by.prompt.hash,
        examples=tuple(shot.id for shot in shots) if reply.attempts else (),
        label=said.sub_category if said else "",
        intent=said.intent if said else "",
        own_label=doubt.pair.sub_category,
        own_intent=doubt.pair.intent,
        calibration=by.measured.id if by.measured and rated else "",
        attempts=reply.attempts,
        latency_ms=reply.latency_ms,
        tokens_in=reply.tokens_in,
        tokens_out=reply.tokens_out,
        cost=reply.cost,
    )


def _weighed(
    doubt: Doubt, reply: Reply, by: SecondOpinions
) -> tuple[OpinionStatus, str, Pair | None]:
    if reply.status != "answered":
        return reply.status, reply.reason, None
    said = pair_of(reply.text, by.prompt.labels)
    if not isinstance(said, Pair):
        return "failed", said, None
    return (*weigh(doubt.pair, doubt.confidence, said, by.prompt.labels, by.measured), said)


def _withheld(doubt: Doubt, by: SecondOpinions) -> SecondOpinion:
    return SecondOpinion(
        status="withheld",
        reason=by.withholds(doubt),
        model=by.model.name,
        own_label=doubt.pair.sub_category,
        own_intent=doubt.pair.intent,
    )


def _wrong(labels: Labels, answer: str) -> str:
    said = pair_of(answer, labels)
    return "" if isinstance(said, Pair) else said
