"""Scores, a calibration -> probabilities that mean what they say; pure: replays need no model."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from ticketstream.processors.conformal import Conformal, conformal_of
from ticketstream.schemas.classified import Calibration
from ticketstream.schemas.errors import ModelError

Doubles = npt.NDArray[np.float64]

METHOD = "temperature+logistic"
CALIBRATION = "calibration.toml"
SURE = 1e-6  # probabilities are kept this far from 0 and 1, so that their log odds are finite
FEATURES = tuple(
    f"{head}_{sign}" for sign in ("odds", "margin", "focus") for head in ("sub_category", "intent")
)
HEAD_ALONE = (0.0, 1.0, 0.0)  # of an out-of-scope score that nothing was fitted for
SAME = (0.0, 1.0)  # shift and slope of a language that has none of its own


@dataclass(frozen=True, slots=True)
class PairCalibration:
    """Temperatures of both heads, then a logistic regression on "the pair is right".

    Attributes:
        weights: bias, then the weights of `FEATURES`; those that are not given count nothing.
        size: the number of held-out tickets it was fitted on.
        languages: shift and slope of the log odds in a language, where they differ from all texts'.
        sets: which labels a prediction set holds.
        foreign: bias and weights of `out_of_scope`.
    """

    temperature: float
    intent_temperature: float
    weights: tuple[float, ...]
    size: int
    languages: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    sets: Conformal = Conformal()  # noqa: RUF009  (frozen)
    foreign: tuple[float, float, float] = HEAD_ALONE

    @property
    def calibration(self) -> Calibration:
        """The calibration as events name it."""
        return Calibration(self.id, METHOD, self.size)

    @property
    def id(self) -> str:
        """Changes with any number of it."""
        said = orjson.dumps(document_of(self), option=orjson.OPT_SORT_KEYS)
        return sha256(said).hexdigest()[:16]


def calibrate(
    scores: npt.ArrayLike,
    intent_scores: npt.ArrayLike,
    by: PairCalibration,
    at: tuple[int, int] | None = None,
    language: str = "",
) -> float:
    """The probability, 0 to 1, that a sub-category and an intent are both right.

    They are the best of each, or those of the given places. All that it needs is in the event.
    """
    heads = [
        (np.asarray(scores, np.float64), by.temperature),
        (np.asarray(intent_scores, np.float64), by.intent_temperature),
    ]
    places = at or tuple(int(given.argmax()) for given, _ in heads)
    signs = features(heads, places)
    odds = by.weights[0] + float(np.dot(by.weights[1:], signs[: len(by.weights) - 1]))
    shift, slope = by.languages.get(language, SAME)
    return float(1.0 / (1.0 + np.exp(-(shift + slope * odds))))


def features(heads: Sequence[tuple[Doubles, float]], places: Sequence[int]) -> Doubles:
    """What tells whether the labels at two places are right, in the order of `FEATURES`.

    Of each head (scores and temperature): the label's log odds; its margin over the best other, as
    a log ratio; how few labels share the rest (entropy, turned). Of each, more is surer.
    """
    signs = [
        _signs(probabilities(scores, temperature), place)
        for (scores, temperature), place in zip(heads, places, strict=True)
    ]
    return np.array(signs).T.ravel()


def _signs(shares: Doubles, place: int) -> Doubles:
    safe = np.log(np.maximum(shares, SURE))
    others = (safe[:place], safe[place + 1 :])
    margin = safe[place] - max(other.max(initial=np.log(SURE)) for other in others)
    return np.array([log_odds(shares[place]), margin, (shares * safe).sum()])


def out_of_scope(
    by_head: npt.ArrayLike, scores: npt.ArrayLike, place: int, by: PairCalibration
) -> Doubles:
    """The log odds that texts are about nothing a shop is asked.

    Args:
        by_head: log odds of the head that learned just that, [n].
        scores: of the sub-categories, [n, labels].
        place: of the label for such texts among them.
        by: the calibration.
    """
    bias, head, label = by.foreign
    found = log_odds(probabilities(scores, by.temperature)[..., place])
    odds: Doubles = bias + head * np.asarray(by_head, np.float64) + label * found
    return odds


def probabilities(scores: npt.ArrayLike, temperature: float) -> Doubles:
    """Softmax of scores divided by the temperature, over the last axis."""
    scaled = np.asarray(scores, np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    shares: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def log_odds(probability: npt.ArrayLike) -> Doubles:
    """The log odds of probabilities, finite."""
    inside = np.minimum(np.maximum(np.asarray(probability, np.float64), SURE), 1 - SURE)
    odds: Doubles = np.log(inside / (1 - inside))
    return odds


def read_calibration(path: Path) -> PairCalibration:
    """The calibration of a file.

    Raises:
        ModelError: no such file, or none that fits.
    """
    try:
        return calibration_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"{path} is missing: run ticketstream model train") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is no calibration: run ticketstream model train") from error


def calibration_of(document: Mapping[str, Any]) -> PairCalibration:
    """The calibration of a parsed document."""
    return PairCalibration(
        float(document["temperature"]),
        float(document["intent_temperature"]),
        tuple(float(x) for x in document["platt"]),
        int(document["size"]),
        {k: (float(a), float(b)) for k, (a, b) in document.get("languages", {}).items()},
        conformal_of(document["sets"]) if "sets" in document else Conformal(),
        foreign_of(document.get("foreign", HEAD_ALONE)),
    )


def foreign_of(numbers: Sequence[Any]) -> tuple[float, float, float]:
    """Bias and weights of the out-of-scope score."""
    bias, head, label = (float(number) for number in numbers)
    return bias, head, label


def document_of(calibration: PairCalibration) -> dict[str, Any]:
    """The same calibration as it is stored."""
    measured = calibration.foreign != HEAD_ALONE
    return {
        "size": calibration.size,
        "temperature": calibration.temperature,
        "intent_temperature": calibration.intent_temperature,
        "platt": [*calibration.weights],
        **({"foreign": [*calibration.foreign]} if measured else {}),
        "languages": {k: [*v] for k, v in calibration.languages.items()},
        "sets": asdict(calibration.sets),
    }
