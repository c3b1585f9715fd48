"""The folder of public data sets -> examples. Read where they lie; no row is copied anywhere.

Only what nobody asks a shop is learned from. Shop requests of other houses and anger in tweets were
measured to help no head on the project's own tickets; they serve as foreign tests.
"""

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal

from ticketstream.learning.examples import Example, masked
from ticketstream.processors.taxonomy import OUT_OF_SCOPE

Part = Literal["train", "dev"]

LABEL_MAP = "_taxonomy/label_map.csv"


def shop_examples(data: Path) -> Iterator[Example]:
    """Requests to shops and banks whose labels have a place in the taxonomy (English)."""
    mapped = label_map(data)
    intents = _intents()
    for source, rows in (("bitext", _bitext(data)), ("banking77", _banking(data))):
        for text, label in rows:
            if sub := mapped.get((source, label)):
                intent = intents[source].get(label, "")
                yield Example(_masked(text), "en", source, sub_category=sub, intent=intent)


def foreign_examples(data: Path, part: Part = "train") -> Iterator[Example]:
    """What nobody asks a shop: assistants' commands and questions, English and German."""
    for source, language, rows in (
        ("clinc150", "en", _clinc(data, {"train": "train", "dev": "val"}[part])),
        ("hwu64", "en", _lines(data / "hwu64" / {"train": "train", "dev": "valid"}[part])),
        ("massive_de", "de", _massive(data, part)),
    ):
        for text, label in rows:
            if not label.startswith(("takeaway", "general", "lists", "email", "cooking_recipe")):
                yield Example(_masked(text), language, source, "foreign", OUT_OF_SCOPE)


def angry_examples(data: Path, part: Part = "train") -> Iterator[Example]:
    """Angry and calm posts: GoEmotions (English), GermEval 2018 insults (German)."""
    strength = {"2": 1.0, "3": 0.7}  # anger, annoyance
    for line in (data / f"goemotions/original/{part}.tsv").read_text("utf-8").splitlines():
        text, labels, _ = line.split("\t")
        anger = max(strength.get(label, 0.0) for label in labels.split(","))
        yield Example(_masked(text), "en", "goemotions", anger=anger)
    german = {"INSULT": 1.0, "ABUSE": 1.0, "PROFANITY": 0.6}
    for line in (data / f"germeval2018_offensive_de/{part}.txt").read_text("utf-8").splitlines():
        text, _, fine = line.rsplit("\t", 2)
        yield Example(_masked(text), "de", "germeval2018", anger=german.get(fine.strip(), 0.0))


def label_map(data: Path) -> Mapping[tuple[str, str], str]:
    """(source, its label) -> sub-category."""
    with (data / LABEL_MAP).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    short = {"banking77_payment_subset": "banking77"}
    return {
        (short.get(r["source"], r["source"]), r["source_label"]): r["subcategory"] for r in rows
    }


def _intents() -> Mapping[str, Mapping[str, str]]:
    text = (files("ticketstream.learning") / "public_intents.toml").read_text("utf-8")
    return tomllib.loads(text)


def _masked(text: str) -> str:
    return masked("", text)[1]


def _bitext(data: Path) -> Iterator[tuple[str, str]]:
    names = (
        "train/Bitext_Sample_Customer_Service_Training_Dataset.csv",
        "v20k/TrainingdatasetBitextsample.csv",
    )
    for name in names:
        with (data / "bitext" / name).open(encoding="utf-8-sig", newline="") as file:
            yield from ((r["utterance"], r["intent"]) for r in csv.DictReader(file))


def _banking(data: Path) -> Iterator[tuple[str, str]]:
    with (data / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        yield from ((r["text"], r["category"]) for r in csv.DictReader(file))


def _clinc(data: Path, part: str) -> Iterator[tuple[str, str]]:
    """Only the domains that a shop has nothing to do with, and the set's own out-of-scope rows."""
    domains = json.loads((data / "clinc150/domains.json").read_text("utf-8"))
    far = ("travel", "kitchen_and_dining", "auto_and_commute", "utility", "home", "work")
    wanted = {label for domain in far for label in domains[domain]}
    rows = json.loads((data / "clinc150/data_oos_plus.json").read_text("utf-8"))
    yield from ((t, name) for t, name in rows[part] if name in _foreign(wanted))
    yield from ((t, name) for t, name in rows[f"oos_{part}"])


def _foreign(labels: set[str]) -> set[str]:
    return labels - {"order", "order_status", "shopping_list", "shopping_list_update"}


def _massive(data: Path, part: str) -> Iterator[tuple[str, str]]:
    names = (data / "massive_de/intent_labels.txt").read_text("utf-8").splitlines()
    for line in (data / f"massive_de/Intents/{part}.txt").read_text("utf-8").splitlines():
        text, label = line.split("\t")
        yield text, names[int(label)]


def _lines(folder: Path) -> Iterator[tuple[str, str]]:
    texts = (folder / "seq.in").read_text("utf-8").splitlines()
    yield from zip(texts, (folder / "label").read_text("utf-8").splitlines(), strict=True)
