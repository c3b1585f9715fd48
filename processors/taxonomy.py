"""schemas/taxonomy.json -> the labels in their order, and the hash of that order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files

import orjson

from ticketstream.schemas.classified import Taxonomy

OUT_OF_SCOPE = "out_of_scope"
JUNK = "spam_newsletter_auto_reply"


@dataclass(frozen=True, slots=True)
class Labels:
    """The label set. Score vectors stand in the order of `sub_categories` and `intents`.

    `meaning_of` says in words what an intent means.
    """

    version: str
    sub_categories: tuple[str, ...]
    intents: tuple[str, ...]
    category_of: Mapping[str, str]
    meaning_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def taxonomy(self) -> Taxonomy:
        """The label set as events name it; the hash changes with any label or its place."""
        order = orjson.dumps([self.sub_categories, self.intents])
        return Taxonomy(self.version, sha256(order).hexdigest())


@cache
def shipped_labels() -> Labels:
    """The label set of this release."""
    return labels_of((files("ticketstream.schemas") / "taxonomy.json").read_text())


def labels_of(text: str) -> Labels:
    """A label set from its JSON text."""
    document = orjson.loads(text)
    category_of = {sub: cat for cat, subs in document["categories"].items() for sub in subs}
    intents = document["intents"]
    version, subs = str(document["version"]), tuple(category_of)
    return Labels(version, subs, tuple(intents), category_of, dict(intents))
