"""Invented sentences with words that alarm: the threats among them are heard, the mentions not."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from ticketstream.processors.lexicon import fold, shipped_triggers, triggers

Sentences = Mapping[str, Mapping[str, Sequence[str]]]


def read(name: str) -> Sentences:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


DEVELOPED, FRESH = read("cues_dev.toml"), read("cues_fresh.toml")


def harmless(sentences: Sentences) -> list[str]:
    return [text for said in sentences["harmless"].values() for text in said]


def threats(sentences: Sentences) -> Iterator[tuple[str, str]]:
    for name, said in sentences["threats"].items():
        yield from ((name, text) for text in said)


def classes(text: str) -> tuple[str, ...]:
    return triggers(fold(text), shipped_triggers())


@pytest.mark.parametrize("text", harmless(DEVELOPED))
def test_a_harmless_mention_raises_no_class(text: str) -> None:
    assert classes(text) == ()


@pytest.mark.parametrize(("name", "text"), [*threats(DEVELOPED)])
def test_a_threat_is_heard_however_tersely_it_is_made(name: str, text: str) -> None:
    assert name in classes(text)


def test_of_forty_sentences_written_afterwards_so_many_are_heard_rightly() -> None:
    """Scored once when they were new; a floor for the phrases to come, not to be tuned on."""
    assert len(harmless(FRESH)) == len([*threats(FRESH)]) == 20
    assert sum(classes(text) == () for text in harmless(FRESH)) >= 20
    assert sum(name in classes(text) for name, text in threats(FRESH)) >= 15
