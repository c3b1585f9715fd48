"""Scores, a calibration -> probabilities that mean what they say; pure: replays need no model."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from ticketstream.schemas.classified import Calibration
from ticketstream.schemas.errors import ModelError

Doubles = npt.NDArray[np.float64]

METHOD = "temperature+platt"
CALIBRATION = "calibration.toml"
SURE = 1e-6  # probabilities are kept this far from 0 and 1, so that their log odds are finite


@dataclass(frozen=True, slots=True)
class PairCalibration:
    """Temperatures of both heads, then log odds -> log odds of "the pair is right" (Platt).

    Attributes:
        platt: bias, weight of the sub-category's log odds, weight of the intent's.
        size: the number of held-out tickets it was fitted on.
    """

    temperature: float
    intent_temperature: float
    platt: tuple[float, float, float]
    size: int

    @property
    def calibration(self) -> Calibration:
        """The calibration as events name it."""
        return Calibration(self.id, METHOD, self.size)

    @property
    def id(self) -> str:
        """Changes with any number of it."""
        numbers = [self.temperature, self.intent_temperature, *self.platt, self.size]
        return sha256(orjson.dumps(numbers)).hexdigest()[:16]


def calibrate(
    scores: npt.ArrayLike,
    intent_scores: npt.ArrayLike,
    by: PairCalibration,
    at: tuple[int, int] | None = None,
) -> float:
    """The probability, 0 to 1, that a sub-category and an intent are both right.

    They are the best of each, or those of the given places.
    """
    subs = probabilities(scores, by.temperature)
    intents = probabilities(intent_scores, by.intent_temperature)
    of_pair = at or (int(subs.argmax()), int(intents.argmax()))
    sub, intent = log_odds(subs[of_pair[0]]), log_odds(intents[of_pair[1]])
    bias, of_sub, of_intent = by.platt
    return float(1.0 / (1.0 + np.exp(-(bias + of_sub * sub + of_intent * intent))))


def probabilities(scores: npt.ArrayLike, temperature: float) -> Doubles:
    """Softmax of scores divided by the temperature, over the last axis."""
    scaled = np.asarray(scores, np.float64) / temperature
    raised = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    shares: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def log_odds(probability: npt.ArrayLike) -> Doubles:
    """The log odds of probabilities, finite."""
    inside = np.clip(np.asarray(probability, np.float64), SURE, 1 - SURE)
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
    bias, of_sub, of_intent = (float(x) for x in document["platt"])
    temperature, intent = float(document["temperature"]), float(document["intent_temperature"])
    return PairCalibration(temperature, intent, (bias, of_sub, of_intent), int(document["size"]))
