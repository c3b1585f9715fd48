"""A second opinion: who is asked about, which label wins, and how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from ticketstream.processors.calibration import PairCalibration, calibrate
from ticketstream.processors.heads import Judgement
from ticketstream.processors.label_prompt import LabelPrompt, Pair, Shot, Shots
from ticketstream.processors.language_model import Accepts, Prompt, Reply
from ticketstream.processors.second_opinion import (
    FEWEST,
    Case,
    Doubt,
    Measurement,
    SecondOpinions,
    confidence_of,
    second_opinions,
    weigh,
    winner,
)
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import SecondOpinion

LABELS = shipped_labels()
CALIBRATION = PairCalibration(1.0, 1.0, (0.0, 0.5, 0.5), 900)
OWN, OTHER = Pair("track_order", "ask_status"), Pair("eta", "ask_information")
LAWYER = Pair("lawyer_threat", "dispute_or_threaten")


def answer(pair: Pair) -> str:
    return f'{{"sub_category": "{pair.sub_category}", "intent": "{pair.intent}"}}'


OTHERWISE = answer(OTHER)


@dataclass
class Model:
    """A language model that says what it is told to, and keeps what it was asked."""

    says: str | Reply = OTHERWISE
    name: str = "asked-1"
    version: str = "v1"
    prompts: list[Prompt] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    def ask(self, prompts: Sequence[Prompt], accepts: Accepts, seen: int) -> list[Reply]:
        self.prompts += prompts
        self.seen.append(seen)
        return [self._reply(accepts) for _ in prompts]

    def _reply(self, accepts: Accepts) -> Reply:
        if isinstance(self.says, Reply):
            return self.says
        wrong = accepts(self.says)
        if wrong:
            return Reply("failed", wrong, attempts=2)
        return Reply("answered", text=self.says, attempts=1, latency_ms=400.0, cost=0.001)


def judged(own: Pair = OWN) -> Judgement:
    scores, intents = np.zeros(83, np.float32), np.zeros(15, np.float32)
    scores[LABELS.sub_categories.index(own.sub_category)] = 4.0
    scores[LABELS.sub_categories.index(OTHER.sub_category)] = 3.0
    intents[LABELS.intents.index(own.intent)] = 2.0
    return Judgement(scores, intents, 0.0, 0.0, 0.0, 0.0, 0.0)


def doubt(confidence: float = 0.4, own: Pair = OWN, **changes: object) -> Doubt:
    vector = np.eye(1, 384, dtype=np.float32)[0]
    made = Doubt("Where is it?", vector, judged(own), own, confidence, 0.0, "en", "no")
    return replace(made, **changes)  # type: ignore[arg-type]


def asking(model: Model, **changes: object) -> SecondOpinions:
    made = SecondOpinions(model, LabelPrompt(LABELS), below=0.6, injection=0.5)
    return replace(made, **changes)  # type: ignore[arg-type]


def one(by: SecondOpinions, about: Doubt) -> SecondOpinion:
    (found,) = second_opinions([about], by)
    assert found is not None
    return found


def measurement(agreed: Case, theirs: Case, own: Case) -> Measurement:
    return Measurement("v1", "p", "h", 0.6, agreed, theirs, own)


def test_without_a_language_model_nobody_is_asked() -> None:
    assert second_opinions([doubt(), doubt()], None) == [None, None]


def test_only_what_is_unsure_is_asked_about_the_least_sure_first() -> None:
    model = Model()
    doubts = [doubt(c, text=str(c)) for c in (0.5, 0.9, 0.2, 0.6)]
    found = second_opinions(doubts, asking(model))
    assert [o is None for o in found] == [False, True, False, True]
    assert ["0.2" in p.messages[-1]["content"] for p in model.prompts] == [True, False]
    assert model.seen == [4]


def test_the_model_learns_how_many_tickets_were_seen_even_where_none_is_unsure() -> None:
    model = Model()
    second_opinions([doubt(0.9)] * 7, asking(model))
    assert (model.seen, model.prompts) == ([7], [])


@pytest.mark.parametrize("changes", [{"auto_submitted": "auto_replied"}, {"text": ""}])
def test_machine_mail_and_empty_mail_are_not_asked_about(changes: dict[str, object]) -> None:
    model = Model()
    assert second_opinions([doubt(**changes)], asking(model)) == [None]
    assert model.prompts == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"injection": 0.5}, "injection"),
        ({"language": "fr"}, "language"),
        ({"language": ""}, "language"),
    ],
)
def test_what_may_be_an_injection_or_cannot_be_looked_through_never_leaves_the_house(
    changes: dict[str, object], reason: str
) -> None:
    model = Model()
    found = one(asking(model), doubt(**changes))
    assert (found.status, found.reason, found.attempts) == ("withheld", reason, 0)
    assert model.prompts == []


def test_an_answer_is_stored_whole_with_what_it_was_asked_by() -> None:
    found = one(asking(Model()), doubt())
    assert (found.status, found.reason) == ("overruled", "unsure")
    assert (found.label, found.intent) == OTHER
    assert (found.own_label, found.own_intent) == OWN
    assert (found.model, found.prompt_hash) == ("asked-1", LabelPrompt(LABELS).hash)
    assert (found.attempts, found.latency_ms, found.cost) == (1, 400.0, 0.001)
    assert (found.calibration, found.examples) == ("", ())


def test_the_examples_that_were_shown_are_named() -> None:
    shot = Shot("Where is my parcel?", OWN)
    shots = Shots((shot,), np.eye(1, 384, dtype=np.float32), 1)
    by = asking(Model(), prompt=LabelPrompt(LABELS, shots))
    assert one(by, doubt()).examples == (shot.id,)


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        (Reply("failed", "timeout", attempts=2), "failed", "timeout"),
        (Reply("over_budget", "cost"), "over_budget", "cost"),
        (Reply("circuit_open"), "circuit_open", ""),
        ("not json", "failed", "invalid"),
        (answer(Pair("weather", "ask_status")), "failed", "outside_taxonomy"),
    ],
)
def test_without_an_answer_the_event_says_why_and_the_own_label_stands(
    reply: Reply | str, status: str, reason: str
) -> None:
    found = one(asking(Model(reply)), doubt())
    assert (found.status, found.reason, found.label, found.intent) == (status, reason, "", "")
    assert winner(OWN, found) == OWN


def test_the_same_answer_is_an_agreement() -> None:
    assert weigh(OWN, 0.4, OWN, LABELS, None) == ("agreed", "")


def test_an_own_label_that_is_at_least_as_likely_right_as_wrong_stands() -> None:
    assert weigh(OWN, 0.49, OTHER, LABELS, None) == ("overruled", "unsure")
    assert weigh(OWN, 0.5, OTHER, LABELS, None) == ("kept", "likelier")


def test_nobody_talks_a_legal_matter_away_however_unsure_it_is() -> None:
    assert weigh(LAWYER, 0.01, OTHER, LABELS, None) == ("kept", "guarded")
    sure = measurement(Case(), Case(100, 100), Case(0, 100))
    assert weigh(LAWYER, 0.01, OTHER, LABELS, sure) == ("kept", "guarded")
    assert weigh(OTHER, 0.01, LAWYER, LABELS, None)[0] == "overruled"


def test_what_was_measured_decides_who_wins() -> None:
    theirs = measurement(Case(), Case(60, 100), Case(20, 100))
    ours = measurement(Case(), Case(20, 100), Case(60, 100))
    assert weigh(OWN, 0.55, OTHER, LABELS, theirs) == ("overruled", "measured")
    assert weigh(OWN, 0.05, OTHER, LABELS, ours) == ("kept", "measured")


def test_a_measurement_of_too_few_tickets_decides_nothing() -> None:
    few = measurement(Case(), Case(FEWEST - 1, FEWEST - 1), Case(0, FEWEST - 1))
    assert weigh(OWN, 0.55, OTHER, LABELS, few) == ("kept", "likelier")


def confidence(opinion: SecondOpinion | None, measured: Measurement | None = None) -> float:
    scores = judged().scores, judged().intent_scores
    return confidence_of(
        scores, winner(OWN, opinion), opinion, LABELS, CALIBRATION, measured=measured, language="en"
    )


def test_unmeasured_an_opinion_makes_nothing_surer() -> None:
    alone = calibrate(judged().scores, judged().intent_scores, CALIBRATION)
    agreed = one(asking(Model(answer(OWN))), doubt())
    overruled = one(asking(Model()), doubt())
    assert confidence(None) == confidence(agreed) == alone
    assert confidence(overruled) < alone


def test_no_pair_that_overrules_unmeasured_is_surer_than_the_own_one() -> None:
    alone = confidence(None)
    for sub in LABELS.sub_categories:
        for intent in LABELS.intents:
            assert confidence(SecondOpinion("overruled", label=sub, intent=intent)) <= alone


def test_measured_confidence_is_the_share_that_was_right_at_its_lower_end() -> None:
    measured = measurement(Case(180, 200), Case(120, 200), Case(40, 200))
    agreed = one(asking(Model(answer(OWN)), measured=measured), doubt())
    overruled = one(asking(Model(), measured=measured), doubt())
    assert 0.85 < confidence(agreed, measured) < 0.90
    assert 0.53 < confidence(overruled, measured) < 0.60
    assert agreed.calibration == overruled.calibration == measured.id


def test_a_rate_never_says_more_than_its_sample() -> None:
    assert Case(99, 99).rate is None
    assert (Case(100, 100).rate or 1.0) < 0.975
    assert Case(0, 100).rate == pytest.approx(0.0)
    assert (Case(900, 1000).rate or 0.0) > (Case(90, 100).rate or 1.0)


def test_a_failure_leaves_the_own_confidence_even_where_something_was_measured() -> None:
    measured = measurement(Case(180, 200), Case(120, 200), Case(40, 200))
    failed = one(asking(Model(Reply("failed", "timeout")), measured=measured), doubt())
    assert failed.calibration == ""
    assert confidence(failed, measured) == confidence(None)


def test_the_version_changes_with_all_that_can_change_an_answer() -> None:
    base = asking(Model())
    others: list[Callable[[], SecondOpinions]] = [
        lambda: asking(Model(version="v2")),
        lambda: replace(base, below=0.7),
        lambda: replace(base, injection=0.4),
        lambda: replace(base, measured=measurement(Case(1, 2), Case(), Case())),
        lambda: replace(
            base,
            prompt=LabelPrompt(
                LABELS, Shots((Shot("a", OWN),), np.eye(1, 384, dtype=np.float32), 1)
            ),
        ),
    ]
    versions = {base.version, *(make().version for make in others)}
    assert len(versions) == 1 + len(others)
    assert asking(Model()).version == base.version


def test_a_replay_of_what_is_stored_gives_label_and_confidence_again_and_asks_nobody() -> None:
    """All that is taken from the event: scores, and what the opinion said."""
    for says in (OWN, OTHER):
        stored = one(asking(Model(answer(says))), doubt())
        said = Pair(stored.label, stored.intent)
        status, reason = weigh(OWN, 0.4, said, LABELS, None)
        again = replace(stored, status=status, reason=reason)
        assert again == stored
        assert winner(OWN, again) == said
        assert confidence(again) == confidence(stored)
