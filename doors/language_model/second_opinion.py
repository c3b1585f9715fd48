"""The language model's document -> the classifier's resources, with somebody to ask."""

import tomllib
from hashlib import sha256
from pathlib import Path

import numpy as np
import orjson

from ticketstream.doors.language_model.budget import Spending
from ticketstream.doors.language_model.client import EndpointModel
from ticketstream.doors.language_model.document import Ask, Document, key_of, read_document
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.label_prompt import NO_SHOTS, LabelPrompt, Pair, Shot, Shots
from ticketstream.processors.lower import Vectors
from ticketstream.processors.second_opinion import Measurement, SecondOpinions, measurement_of
from ticketstream.schemas.errors import SettingError

PATIENCE = 120.0  # seconds for a slice where no broker waits
ROOM = "language-model"  # in HOME: the day's spending, vectors of the examples


def asking(
    resources: ClassifyResources, file: Path, home: Path, suspicious: float
) -> ClassifyResources:
    """The resources with the language model of a document, whose paths begin in its folder.

    From the injection score `suspicious` on nothing is sent.

    Raises:
        SettingError: a document, a key or a measurement that cannot be used.
        ModelError: seeds that cannot be read.
    """
    document = read_document(file)
    return resources.asking(second_of(document, resources, file, home, suspicious))


def measuring(
    resources: ClassifyResources, file: Path, home: Path, suspicious: float
) -> ClassifyResources:
    """The same, to ask about labelled tickets: all of them, however long it takes, money apart."""
    document = read_document(file)
    ask = document.ask.model_copy(update={"measured": ""})
    budget = document.budget.model_copy(update={"share": 1.0, "seconds": PATIENCE})
    whole = document.model_copy(update={"ask": ask, "budget": budget})
    return resources.asking(second_of(whole, resources, file, home, suspicious))


def second_of(
    document: Document, resources: ClassifyResources, file: Path, home: Path, suspicious: float
) -> SecondOpinions:
    """Whom to ask, how, and about what."""
    ask, room = document.ask, home / ROOM
    spending = Spending(room / "spent", document.budget.eur_a_day)
    spending.open()
    model = EndpointModel(document, key_of(document, file), spending)
    shots = shots_of(ask, file, room, resources) if ask.examples else NO_SHOTS
    prompt = LabelPrompt(resources.labels, shots)
    measured = _measured(ask, file, model.version, prompt, resources) if ask.measured else None
    return SecondOpinions(model, prompt, ask.below, suspicious, measured)


def shots_of(ask: Ask, file: Path, room: Path, resources: ClassifyResources) -> Shots:
    """The labelled examples of the document, each with its vector.

    Raises:
        SettingError: no seeds are named.
        ModelError: seeds that cannot be read.
    """
    if not ask.seeds:
        raise SettingError(f"{file}: ask.seeds: name the labelled seeds that examples come from")
    examples = read_seeds(file.parent / ask.seeds, resources.labels)
    shots = tuple(Shot(e.text, Pair(e.sub_category, e.intent)) for e in examples)
    return Shots(shots, _vectors([s.text for s in shots], resources.encoder, room), ask.examples)


def _vectors(texts: list[str], encoder: Encoder, room: Path) -> Vectors:
    """Computed once (seconds to a minute) and kept: a restart must not wait for it again."""
    said = orjson.dumps([encoder.manifest.sha256, texts])
    kept = room / f"examples-{sha256(said).hexdigest()[:16]}.npy"
    if kept.exists():
        known: Vectors = np.load(kept)
        return known
    vectors = encoder.embed(texts)
    draft = kept.with_suffix(".draft.npy")
    np.save(draft, vectors)
    draft.replace(kept)
    return vectors


def _measured(
    ask: Ask, file: Path, model: str, prompt: LabelPrompt, resources: ClassifyResources
) -> Measurement:
    path = file.parent / ask.measured
    try:
        found = measurement_of(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {type(error).__name__}") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingError(f"{path} is no measurement: run `ticketstream model ask`") from error
    now = (model, prompt.hash, resources.calibration.id, ask.below)
    if (found.model, found.prompt_hash, found.heads, found.below) != now:
        raise SettingError(
            f"{path} was measured with another model, prompt, classifier or threshold: "
            "run `ticketstream model ask` again, or leave `measured` out"
        )
    return found
