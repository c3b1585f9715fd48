"""A taxonomy (TOML) -> the labels in their order, their words, and the hash of that order."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Literal

import orjson

from ticketstream.schemas.classified import Taxonomy
from ticketstream.schemas.errors import TaxonomyError

Tongue = Literal["en", "de"]
TONGUES: tuple[Tongue, ...] = ("en", "de")

OUT_OF_SCOPE = "out_of_scope"
JUNK = "spam_newsletter_auto_reply"
LEGAL = "legal_privacy"
FOREIGN = "oos"
QUESTION = "ask_information"

# labels that rules of ours speak of: a shop may word them as it likes, not leave them out
NEEDED = {
    "category": (LEGAL, FOREIGN),
    "sub-category": (OUT_OF_SCOPE, JUNK),
    "intent": (QUESTION,),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A label for people: a short name and a sentence that defines it, in each tongue."""

    name: Mapping[str, str]
    means: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """The label set. Score vectors stand in the order of `sub_categories` and `intents`.

    `words` has the wording of every category, sub-category and intent; no two share a name.
    """

    version: str
    sub_categories: tuple[str, ...]
    intents: tuple[str, ...]
    category_of: Mapping[str, str]
    words: Mapping[str, Wording] = field(default_factory=dict)

    @property
    def taxonomy(self) -> Taxonomy:
        """The label set as events name it; the hash changes with any label or its place."""
        order = orjson.dumps([self.sub_categories, self.intents])
        return Taxonomy(self.version, sha256(order).hexdigest())

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories, in the order of their first sub-category."""
        return tuple(dict.fromkeys(self.category_of.values()))

    def called(self, label: str | None, tongue: Tongue) -> str:
        """A label's name; one of an older taxonomy, without its underscores."""
        found = self.words.get(label or "")
        return found.name[tongue] if found else (label or "").replace("_", " ")

    def meaning(self, label: str, tongue: Tongue) -> str:
        """What a label means, in a sentence; empty where the taxonomy does not say."""
        found = self.words.get(label)
        return found.means[tongue] if found else ""


@cache
def shipped_labels() -> Labels:
    """The label set of this release."""
    return labels_of((files("ticketstream.schemas") / "taxonomy.toml").read_text("utf-8"))


def labels_of(text: str, name: str = "taxonomy.toml") -> Labels:
    """A label set from its TOML text.

    Raises:
        TaxonomyError: no TOML, a label twice or without a name and a meaning in both languages, or
            one missing that the rules speak of; the message names the label and what to do.
    """
    try:
        document = tomllib.loads(text)
        return _labels(document)
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"{name}: no TOML: {error}") from error
    except _WrongError as wrong:
        raise TaxonomyError(f"{name}: {wrong}") from wrong


class _WrongError(Exception):
    """What is wrong with a taxonomy."""


def _labels(document: Mapping[str, Any]) -> Labels:
    for key in document:
        if key not in {"version", "categories", "intents"}:
            raise _WrongError(f"unknown key {key!r}: use version, categories and intents")
    words: dict[str, Wording] = {}
    for kind, label, entry in _entries(document):
        if label in words:
            raise _WrongError(f"{label!r} occurs twice: give each label a name of its own")
        words[label] = _wording(kind, label, entry)
    categories = document.get("categories", {})
    category_of = {s: c for c, entry in categories.items() for s in entry.get("sub_categories", {})}
    intents = tuple(document.get("intents", {}))
    _check_needed({"category": categories, "sub-category": category_of, "intent": intents})
    version = document.get("version")
    if not isinstance(version, str) or not version:
        raise _WrongError('version is missing: say version = "1"')
    return Labels(version, tuple(category_of), intents, category_of, words)


def _entries(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(kind, label, its table) of every label."""
    for category, entry in document.get("categories", {}).items():
        yield "category", category, entry
        subs = entry.get("sub_categories") if isinstance(entry, Mapping) else None
        if not subs:
            raise _WrongError(f"category {category!r} has no sub-categories: give it one")
        for sub, inner in subs.items():
            yield "sub-category", sub, inner
    for intent, entry in document.get("intents", {}).items():
        yield "intent", intent, entry


def _wording(kind: str, label: str, entry: Any) -> Wording:
    for part in ("name", "means"):
        given = entry.get(part) if isinstance(entry, Mapping) else None
        for tongue in TONGUES:
            said = given.get(tongue) if isinstance(given, Mapping) else None
            if not isinstance(said, str) or not said.strip() or "\n" in said:
                raise _WrongError(f'{kind} {label!r} needs a line {part}.{tongue} = "..."')
    return Wording(entry["name"], entry["means"])


def _check_needed(given: Mapping[str, Any]) -> None:
    for kind, needed in NEEDED.items():
        for label in needed:
            if label not in given[kind]:
                raise _WrongError(
                    f"{kind} {label!r} is missing, which the routing rules and the training speak "
                    "of: keep it, under a name and meaning of your own if you like"
                )
