"""The language model's document -> the classifier's resources, with somebody to ask."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import orjson
import structlog

from ticketstream.doors.language_model.budget import Spending
from ticketstream.doors.language_model.client import EndpointModel
from ticketstream.doors.language_model.document import Document, Endpoint, key_of, read_document
from ticketstream.doors.person.notice import load_notice
from ticketstream.doors.settings import Settings
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.label_prompt import NO_SHOTS, LabelPrompt, Pair, Shot, Shots
from ticketstream.processors.lower import Vectors
from ticketstream.processors.second_opinion import Measurement, SecondOpinions, measurement_of
from ticketstream.schemas.errors import SettingError

ROOM = "language-model"  # in HOME: the day's spending, vectors of the examples
PATIENCE = 120.0  # seconds for a slice where no broker waits

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """One connection a process, whatever policy decides; paths begin in the file's folder."""

    file: Path
    document: Document
    model: EndpointModel
    room: Path

    def join(self, resources: ClassifyResources, suspicious: float) -> ClassifyResources:
        """The resources with the language model; from a score of `suspicious` on it is not asked.

        Raises:
            SettingError: seeds or a measurement that cannot be used.
            ModelError: seeds that cannot be read.
        """
        ask = self.document.ask
        prompt = LabelPrompt(resources.labels, self._shots(resources))
        measured = self._measured(prompt, resources) if ask.measured else None
        second = SecondOpinions(self.model, prompt, ask.below, suspicious, measured)
        return resources.asking(second)

    def _shots(self, resources: ClassifyResources) -> Shots:
        ask = self.document.ask
        if not ask.examples:
            return NO_SHOTS
        if not ask.seeds:
            raise SettingError(f"{self.file}: ask.seeds: name the labelled seeds to show")
        examples = read_seeds(self.file.parent / ask.seeds, resources.labels)
        shots = tuple(Shot(e.text, Pair(e.sub_category, e.intent)) for e in examples)
        vectors = example_vectors([s.text for s in shots], resources.encoder, self.room)
        return Shots(shots, vectors, ask.examples)

    def _measured(self, prompt: LabelPrompt, resources: ClassifyResources) -> Measurement | None:
        path = self.file.parent / self.document.ask.measured
        found = _read_measurement(path)
        now = (self.model.version, prompt.hash, self.document.ask.below)
        if (found.model, found.prompt_hash, found.below) != now:
            raise SettingError(
                f"{path} was measured with another model, prompt or threshold: run "
                "`ticketstream model ask` again, or leave `measured` out"
            )
        if found.heads != resources.calibration.id:  # a promotion must not stop the line
            log.warning("measurement_not_used", reason="it was made beside other heads")
            return None
        return found


def connect(settings: Settings) -> Asking:
    """The language model of the settings' document.

    Raises:
        SettingError: a document or key that cannot be used, or no word of it in the notice.
    """
    file = _file(settings)
    return _connected(file, read_document(file), settings)


def connect_patiently(settings: Settings) -> Asking:
    """The same, to ask about labelled tickets: all of them, however long it takes, money apart."""
    file = _file(settings)
    document = read_document(file)
    ask = document.ask.model_copy(update={"measured": ""})
    budget = document.budget.model_copy(update={"share": 1.0, "seconds": PATIENCE})
    return _connected(file, document.model_copy(update={"ask": ask, "budget": budget}), settings)


def _file(settings: Settings) -> Path:
    if settings.language_model is None:
        raise SettingError("TICKETSTREAM_LANGUAGE_MODEL is not set: name the endpoint's document")
    return settings.language_model


def _connected(file: Path, document: Document, settings: Settings) -> Asking:
    if not document.endpoint.local:
        _check_notice(document.endpoint, settings.notice_file)
    room = settings.home / ROOM
    spending = Spending(room / "spent", document.budget.eur_a_day)
    spending.open()
    return Asking(file, document, EndpointModel(document, key_of(document, file), spending), room)


def _check_notice(endpoint: Endpoint, file: Path) -> None:
    """Receipts and exports read there who has what for how long: both must say the same."""
    told = {(m.name, m.provider, m.retention_days) for m in load_notice(file).language_models}
    if (endpoint.model, endpoint.provider, endpoint.retention_days) not in told:
        raise SettingError(
            f"{file} does not name {endpoint.model} of {endpoint.provider}, kept for "
            f"{endpoint.retention_days} days: add it as [[language_models]], for people are told "
            "from there who gets what they write"
        )


def example_vectors(texts: list[str], encoder: Encoder, room: Path) -> Vectors:
    """Computed once (seconds to a minute) and kept: a restart must not wait for it again."""
    said = orjson.dumps([encoder.manifest.sha256, texts])
    kept = room / f"examples-{sha256(said).hexdigest()[:16]}.npy"
    if kept.exists():
        known: Vectors = np.load(kept)
        return known
    vectors = encoder.embed(texts)
    with NamedTemporaryFile(dir=room, suffix=".draft", delete=False) as draft:
        np.save(draft, vectors)
    Path(draft.name).replace(kept)  # whole, whoever else has computed it meanwhile
    return vectors


def _read_measurement(path: Path) -> Measurement:
    try:
        return measurement_of(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {type(error).__name__}") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingError(f"{path} is no measurement: run `ticketstream model ask`") from error
