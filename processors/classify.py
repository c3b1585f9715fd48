"""ticket.masked -> ticket.classified: what is it about, how sure is that, how does it sound?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Self

import numpy as np
import orjson

from ticketstream.processors import lexicon
from ticketstream.processors.calibration import (
    PairCalibration,
    calibrate,
    log_odds,
    out_of_scope,
    probabilities,
)
from ticketstream.processors.conformal import Conformal, covering
from ticketstream.processors.encoder import Encoder, Reading
from ticketstream.processors.heads import Heads, Judgement, sigmoid
from ticketstream.processors.injection import injection, shipped_document
from ticketstream.processors.mentions import heard, standing
from ticketstream.processors.orders import Orders
from ticketstream.processors.requests import further_requests, hinting, sentences
from ticketstream.processors.second_opinion import (
    Doubt,
    SecondOpinions,
    confidence_of,
    places,
    second_opinions,
    winner,
)
from ticketstream.processors.taxonomy import OUT_OF_SCOPE, Labels
from ticketstream.processors.ticket_parts import everything, judged_text
from ticketstream.schemas.classified import Label, SecondOpinion, Sentiment, TicketClassified
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.policy import PolicyVersion

CUE = 0.9  # what a named urgency adds to the log odds, fitted on held-out seeds


@dataclass(frozen=True, slots=True)
class ClassifyResources:
    """Encoder, heads, calibration, what hears orders, phrases, whom to ask, and the policy.

    `producer` changes with the code, with any byte of the models, with every phrase, with the
    policy and with who is asked how.
    """

    encoder: Encoder
    heads: Heads
    calibration: PairCalibration
    orders: Orders
    phrases: lexicon.Phrases
    version: str
    policy: PolicyVersion = PolicyVersion()  # noqa: RUF009  (frozen)
    second: SecondOpinions | None = None

    @classmethod
    def of(
        cls,
        encoder: Encoder,
        heads: Heads,
        calibration: PairCalibration,
        phrases: lexicon.Phrases,
        code_version: str,
        *,
        orders: Orders,
        policy: PolicyVersion = PolicyVersion(),  # noqa: B008  (frozen)
    ) -> Self:
        """The resources of loaded models."""
        wording = [
            shipped_document(),
            *map(dict, map(lexicon.shipped_weights, ("spam", "urgency", "suggests"))),
        ]
        digests = [model.manifest.sha256 for model in (encoder, heads, orders)]
        listed = {k: [*v] for k, v in phrases.items()}
        said = orjson.dumps([digests, calibration.id, listed, wording, policy.hash])
        version = f"{code_version}+{sha256(said).hexdigest()[:12]}"
        return cls(encoder, heads, calibration, orders, phrases, version, policy)

    def asking(self, second: SecondOpinions) -> Self:
        """The same resources, with a language model to ask."""
        return replace(self, version=f"{self.version}+{second.version}", second=second)

    @property
    def producer(self) -> Producer:
        return Producer("classify", self.version)

    @property
    def labels(self) -> Labels:
        return self.heads.labels


def classify(
    tickets: Sequence[TicketMasked], resources: ClassifyResources
) -> list[TicketClassified]:
    """Judge tickets whose text is open."""
    if not tickets:
        return []
    texts = [judged_text(ticket.text) for ticket in tickets]
    readings = [resources.encoder.read(text) for text in texts]
    wholes = np.concatenate([reading.whole for reading in readings])
    judgements = resources.heads.judge(wholes, texts)
    doubts = [
        doubt(*found, resources) for found in zip(tickets, texts, readings, judgements, strict=True)
    ]
    opinions = second_opinions(doubts, resources.second)
    return [
        classified(*found, resources)
        for found in zip(tickets, readings, doubts, opinions, strict=True)
    ]


def doubt(
    ticket: TicketMasked,
    text: str,
    reading: Reading,
    judged: Judgement,
    resources: ClassifyResources,
) -> Doubt:
    """What the small model makes of a ticket."""
    pair = standing(judged, text, resources.phrases, resources.labels)
    return Doubt(
        text=text,
        vector=reading.whole[0],
        judged=judged,
        pair=pair,
        confidence=calibrate(
            judged.scores,
            judged.intent_scores,
            resources.calibration,
            places(pair, resources.labels),
            ticket.language.code,
        ),
        injection=injection(
            everything(ticket.text), ticket.signals, resources.orders.score(reading, text)
        ),
        language=ticket.language.code,
        auto_submitted=ticket.auto_submitted,
    )


def classified(
    ticket: TicketMasked,
    reading: Reading,
    own: Doubt,
    opinion: SecondOpinion | None,
    resources: ClassifyResources,
) -> TicketClassified:
    """The event of one judged ticket."""
    labels, calibration, judged = resources.labels, resources.calibration, own.judged
    shares = probabilities(judged.scores, calibration.temperature)
    pair = winner(own.pair, opinion)
    category = labels.category_of[pair.sub_category]
    plain = lexicon.fold(own.text)
    classes = lexicon.triggers(plain, resources.phrases)
    measured = resources.second.measured if resources.second else None
    scores, code = (judged.scores, judged.intent_scores), ticket.language.code
    return TicketClassified(
        **answering(ticket, resources.producer),
        channel=ticket.channel,
        external=ticket.external,
        language=ticket.language,
        text=ticket.text,
        identity=ticket.identity,
        person=ticket.person,
        facts=ticket.facts,
        auto_submitted=ticket.auto_submitted,
        category=category,
        sub_category=pair.sub_category,
        intent=pair.intent,
        confidence=own.confidence
        if opinion is None
        else confidence_of(
            scores, pair, opinion, labels, calibration, measured=measured, language=code
        ),
        scores=packed(judged.scores),
        intent_scores=packed(judged.intent_scores),
        taxonomy=labels.taxonomy,
        secondary=secondary(reading, own.text, category, resources),
        out_of_scope=foreignness(judged, labels, calibration),
        prediction_set=prediction_set(shares, calibration.sets, code, labels),
        models=tuple(
            model.manifest.model for model in (resources.encoder, resources.heads, resources.orders)
        ),
        calibration=calibration.calibration,
        second_opinion=opinion,
        sentiment=Sentiment(
            judged.polarity, judged.anger, urgency(judged.urgency, lexicon.urges(plain, classes))
        ),
        triggers=classes,
        injection=own.injection,
        spam=max(judged.spam, lexicon.sounds_like(plain, lexicon.shipped_weights("spam"))),
        policy=resources.policy,
    )


def secondary(
    reading: Reading, text: str, category: str, resources: ClassifyResources
) -> tuple[Label, ...]:
    """What else a ticket asks for; a sentence that hints at it is read again, by itself."""
    heads, labels = resources.heads, resources.labels
    temperature = resources.calibration.temperature
    parts = sentences(text)
    if not parts:
        return ()
    said = [text[start:end] for start, end in parts]
    inner = heads.sub_category_scores(reading.within(parts), said)
    hints = hinting(category, inner, labels, temperature)
    if not hints:
        return ()
    vectors = np.concatenate([resources.encoder.alone(reading, parts[i]) for i in hints])
    alone = [said[i] for i in hints]
    scores = heads.sub_category_scores(vectors, alone)
    scores = heard(scores, alone, resources.phrases, labels)
    return further_requests(category, scores, labels, temperature)


def prediction_set(
    shares: np.ndarray, sets: Conformal, language: str, labels: Labels
) -> tuple[str, ...]:
    """The sub-categories of which one is the true one as often as the sets' level says."""
    return tuple(labels.sub_categories[i] for i in covering(shares, sets, language))


def foreignness(judged: Judgement, labels: Labels, calibration: PairCalibration) -> float:
    """How likely a ticket is about nothing that a shop is asked, 0 to 1."""
    place = labels.sub_categories.index(OUT_OF_SCOPE)
    by_head = log_odds(judged.out_of_scope)
    return sigmoid(float(out_of_scope(by_head, judged.scores, place, calibration)))


def urgency(by_tone: float, by_cue: float) -> float:
    """How urgent a ticket is by how it sounds and by what it names, such as a date, 0 to 1."""
    return sigmoid(float(log_odds(by_tone)) + CUE * by_cue)


def packed(scores: np.ndarray) -> bytes:
    """Little-endian float32."""
    return scores.astype("<f4").tobytes()
