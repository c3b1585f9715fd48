"""text -> spans that only who reads the sentence finds, of any type: a small model.

The model goes on where the shared encoder's lower six layers end. A text of any length is read in
windows of whole lines, each well under the 256 tokens that fit.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ticketstream.processors.detectors.harmless import is_harmless
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.words import fold, listed
from ticketstream.processors.lower import Lower, Part, Vectors, session
from ticketstream.processors.model_files import Manifest, read_manifest

Finder = Callable[[str], list[Span]]

WINDOW = 600  # characters: about 150 tokens of a mail
OVERLAP = 80
MOST_SCORE = 0.9  # what a rule proved or what is known counts for more
WORDED = frozenset({"PERSON", "LOCATION", "HEALTH"})
NUMBERED = frozenset({"IBAN", "CARD", "IP", "INVOICE", "TRACKING", "LICENSE_PLATE", "TAX_ID"})
# small words that a phrase begins with
SMALL = re.compile(
    r"(?:\b(?:an?|the|my|his|her|our|their|in|on|with|of|from|by|at|after|since"
    r"|d(?:er|ie|as|en|em|es)|ein(?:e[mnrs]?)?|mein(?:e[mnrs]?)?|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?"
    r"|mit|nach|seit|wegen|an|am|im|auf|beim|von|vom) )*$",
    re.IGNORECASE,
)
LETTER = re.compile(r"[^\W\d_]")
# a country says where a parcel goes, not where somebody lives; folded
WIDE = listed(
    "germany deutschland austria osterreich switzerland schweiz england scotland schottland "
    "wales ireland irland france frankreich italy italien spain spanien portugal netherlands "
    "holland niederlande belgium belgien luxembourg luxemburg denmark danemark sweden schweden "
    "norway norwegen finland finnland poland polen hungary ungarn slovakia slowakei slovenia "
    "slowenien croatia kroatien serbia serbien romania rumanien bulgaria bulgarien greece "
    "griechenland turkey turkei ukraine russia russland china india indien japan canada kanada "
    "australia australien europe europa eu uk usa us gb de at ch britain grossbritannien "
    "liechtenstein estonia estland latvia lettland lithuania litauen malta cyprus zypern "
    "iceland island"
)
SCHEME = "mailto:"
EDGE = " \t\r\n\u00a0.,;:!?\"'()[]<>*-–|/•„“”"  # noqa: RUF001


def nothing(text: str) -> list[Span]:  # noqa: ARG001  (a finder)
    """The finder that finds nothing: where no model is."""
    return []


@dataclass(frozen=True, slots=True)
class Entities:
    """The lower layers of the encoder and the entity model on top of them.

    Attributes:
        labels: of the model's logits: `O`, and B- and I- of each kind.
        least: the probability from which a token is held to be of a kind, by kind; a kind that is
            not named is read and not reported.
    """

    manifest: Manifest
    lower: Lower
    model: Any
    labels: Sequence[str]
    least: dict[str, float]

    @classmethod
    def load(cls, folder: Path, encoder: Path) -> "Entities":
        """From the model's folder and the encoder's, both checked file by file.

        Raises:
            ModelError: a file that is missing or changed.
        """
        manifest = read_manifest(folder)
        read_manifest(encoder)
        return cls(
            manifest,
            Lower.load(encoder),
            session(folder / "upper_int8.onnx"),
            manifest.document["labels"],
            manifest.document["least"],
        )

    def find(self, text: str) -> list[Span]:
        """What the model holds to be personal in a text."""
        return [span for start, end in windows(text) for span in self._window(text, start, end)]

    def _window(self, text: str, start: int, end: int) -> Iterator[Span]:
        part = text[start:end]
        if not LETTER.search(part):
            return
        (encoding,) = self.lower.tokens([part])
        places = self.lower.places(encoding)
        read_to = max(b for _, b in places)
        (hidden,), given = self.lower.run(encoding.ids, "hidden6")
        mask = given["attention_mask"]
        (logits,) = self.model.run(["logits"], {"hidden6": hidden, "attention_mask": mask})
        for span in self._spans(part, places, logits[0]):
            yield Span(span.start + start, span.end + start, span.type, span.score, span.detector)
        if part[read_to:].strip():  # more tokens than fit: strange letters, or no spaces
            yield from self._window(text, again(text, start, start + read_to), end)

    def _spans(self, text: str, places: Sequence[Part], logits: Vectors) -> Iterator[Span]:
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        kinds = list(self.least)
        begins = shares[:, [self.labels.index(f"B-{kind}") for kind in kinds]]
        sure = begins + shares[:, [self.labels.index(f"I-{kind}") for kind in kinds]]
        # unsure of which kind is not unsure of whether: all decide together, the likeliest names it
        personal = sure.sum(axis=1)
        likeliest = sure.argmax(axis=1)
        least = np.array([self.least[kind] for kind in kinds])
        held = personal >= least[likeliest]
        # street, place and postcode are one address, whether or not each could begin one
        opens = (begins.sum(axis=1) > personal / 2) & (likeliest != kinds.index("ADDRESS"))
        for group in grouped(text, places, held, opens):
            start, end = whole_words(text, places[group[0]][0], places[group[-1]][1])
            kind = kinds[int(sure[group].sum(axis=0).argmax())]
            start = phrase_start(text, start) if kind == "HEALTH" else start
            if is_told(text[start:end], kind) and not is_harmless(text, start, end):
                score = min(float(personal[group].mean()), MOST_SCORE)
                yield Span(start, end, kind, round(score, 3), "entities")


def phrase_start(text: str, start: int) -> int:
    """Where the phrase begins that an illness stands in: with its article, its preposition."""
    return start - len(SMALL.search(text[max(0, start - 24) : start])[0])  # type: ignore[index]


def is_told(surface: str, kind: str) -> bool:
    """Whether a stretch can be of a kind: a name has letters and is no country, a number digits."""
    if kind in WORDED:
        return bool(LETTER.search(surface)) and fold(surface) not in WIDE
    return any(c.isdigit() or (c.isalpha() and kind not in NUMBERED) for c in surface)


def windows(text: str) -> Iterator[Part]:
    """Stretches of at most 600 characters that end with a line or a word.

    Each begins some words before the one before it ends: no name is cut in two without standing
    whole in one of them.
    """
    start = 0
    while len(text) - start > WINDOW:
        end = start + WINDOW
        line = text.rfind("\n", start + WINDOW // 2, end)
        space = line if line >= 0 else text.rfind(" ", start + WINDOW // 2, end)
        end = space + 1 if space >= 0 else end
        yield start, end
        start = again(text, start, end)
    if start < len(text):
        yield start, len(text)


def again(text: str, start: int, end: int) -> int:
    """Where the window behind start..end begins: at a word, at most 80 characters before `end`."""
    back = max(start + 1, end - OVERLAP)
    space = text.find(" ", back, end)
    return space + 1 if 0 <= space < end - 1 else back


def grouped(
    text: str, places: Sequence[Part], held: np.ndarray, begins: np.ndarray
) -> Iterator[list[int]]:
    """Neighbouring tokens that are held to be of the kind; a new beginning ends a group."""
    group: list[int] = []
    for number in np.flatnonzero(held).tolist():
        if places[number][0] == places[number][1]:
            continue
        if group and not follows(text, places, group[-1], number, bool(begins[number])):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def follows(text: str, places: Sequence[Part], one: int, other: int, begins: bool) -> bool:
    """Whether a token goes on with the group: in the same word, or next to it and no new name."""
    between = text[places[one][1] : places[other][0]]
    if any(c.isalnum() for c in between):
        return False
    if not between:
        return True
    return not begins


def whole_words(text: str, start: int, end: int) -> Part:
    """The stretch without what decorates its edges, grown to whole words."""
    if text[start:end].lower().startswith(SCHEME):
        start += len(SCHEME)
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    while 0 < start < end and text[start - 1].isalnum():
        start -= 1
    while start < end < len(text) and text[end].isalnum():
        end += 1
    return start, end
