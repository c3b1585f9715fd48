"""The folder of public sets -> marked texts. Read where they lie; no row is copied anywhere."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from ticketstream.learning.entities.marked import UNSURE, Marked, joined

# a place is marked there wherever it stands, by us only where somebody lives, works or stays
KIND = {"PER": "PERSON", "person": "PERSON", "LOC": UNSURE, "location": UNSURE}
HANDLE = re.compile(r"@\w|https?:|www\.|\S+@\S")  # of whom they are, those sets do not say
NO_SPACE_BEFORE = frozenset(".,;:!?)'%")
# column of the words and of their labels
SETS: Mapping[str, tuple[str, int, int]] = {
    "germeval14": ("ner_germeval14_de/dev.tsv", 1, 2),
    "wnut17": ("ner_wnut17/wnut17train.conll", 0, 1),
    "btc": ("ner_btc_en/CONLL-format/data/*.conll", 0, 1),
}
ADDRESSES = "usaddress/training/labeled.xml"


def public_texts(data: Path) -> Iterator[Marked]:
    """Sentences of GermEval 2014, WNUT 2017 and Broad Twitter; addresses of usaddress."""
    for source, (pattern, word, label) in SETS.items():
        for file in sorted(data.glob(pattern)):
            for rows in _sentences(file):
                yield _marked(rows, word, label, source)
    for address in ET.parse(data / ADDRESSES).getroot():  # noqa: S314  (our own file)
        words = [f"{part.text or ''}{part.tail or ''}".strip() for part in address]
        yield joined([(" ".join(words), "ADDRESS")], "usaddress")


def _sentences(file: Path) -> Iterator[list[list[str]]]:
    rows: list[list[str]] = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("#\t"):
            continue
        if line.strip():
            rows.append(line.split("\t"))
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows


def _marked(rows: Sequence[Sequence[str]], word: int, label: int, source: str) -> Marked:
    pieces: list[tuple[str, str]] = []
    for row in rows:
        if len(row) <= max(word, label):
            continue
        place, _, name = row[label].strip().partition("-")
        # also LOCderiv and OTH: no name of a place or person
        kind = UNSURE if HANDLE.match(row[word]) else KIND.get(name, "")
        space = " " if pieces and row[word] not in NO_SPACE_BEFORE else ""
        if kind and place == "I" and pieces and pieces[-1][1] == kind:
            pieces[-1] = (pieces[-1][0] + space + row[word], kind)
            continue
        if space:
            pieces.append((" ", ""))
        pieces.append((row[word], kind))
    return joined(pieces, source)
