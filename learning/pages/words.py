"""A room of `learning/` -> the words of its report (words.toml), by table and key."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from ticketstream.processors.words import Pair

Words = Mapping[str, Pair]


def words_of(room: str) -> Mapping[str, Words]:
    """All tables; each value is a pair, English and German."""
    text = (files("ticketstream.learning") / room / "words.toml").read_text("utf-8")
    return {
        table: {key: (english, german) for key, (english, german) in words.items()}
        for table, words in tomllib.loads(text).items()
    }
