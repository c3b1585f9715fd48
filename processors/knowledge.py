"""Articles and products (files) -> chunks of knowledge, each a section that answers by itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import orjson

from ticketstream.schemas.errors import TicketstreamError

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
SECTION = re.compile(r"^## +(.+)$", re.MULTILINE)
# a sentence ends at . ! ? before a space and a capital, but not after "z. B.", "Nr." or a digit
SENTENCE_END = re.compile(
    r"(?:(?<=[a-zäöüß)\"%€0-9][.!?])|(?<=[A-Z]{2}[.!?]))\s+(?=[A-ZÄÖÜ„\"0-9])"
)
ABBREVIATION = re.compile(r"(?:\b(?:z|B|d|h|u|a|Nr|No|ca|bzw|e\.g|i\.e|approx|Mr|Mrs|Dr|St)\.)$")
NEEDED = ("id", "language", "title", "version", "sub_categories")
LANGUAGES = ("en", "de")


class KnowledgeError(TicketstreamError):
    """A knowledge file that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A section of an article, or a product.

    `chunk_id` holds a hash of the words, so that a citation names exactly what was read.
    """

    chunk_id: str
    document: str
    language: str
    layer: Literal["product", "process", "live"]
    version: str
    title: str
    text: str
    sub_categories: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        return tuple(sentences(self.text))


def chunks_of(folder: Path) -> list[Chunk]:
    """Every chunk below `articles/` and in `products.jsonl`, in a stable order.

    Raises:
        KnowledgeError: a file that has no front matter, lacks a key or is not UTF-8.
    """
    articles = sorted((folder / "articles").glob("*.md"))
    if not articles:
        raise KnowledgeError(f"no articles in {folder / 'articles'}: put <id>.<language>.md there")
    found = [chunk for path in articles for chunk in article(path.name, path.read_text("utf-8"))]
    return found + [chunk for row in products(folder) for chunk in product(row)]


def products(folder: Path) -> list[Mapping[str, Any]]:
    """The rows of the product feed; none without one."""
    feed = folder / "products.jsonl"
    lines = feed.read_bytes().splitlines() if feed.is_file() else []
    return [orjson.loads(line) for line in lines if line.strip()]


def names_of_goods(rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """What products are called by and nobody else is: article numbers, names of several words.

    `Emma` alone may be a customer, digits alone an order.
    """
    numbers = (str(row["sku"]) for row in rows)
    names = (str(row[f"name_{language}"]) for row in rows for language in LANGUAGES)
    return frozenset(
        (
            *(n for n in numbers if any(c.isalpha() for c in n) and any(c.isdigit() for c in n)),
            *(n for n in names if len(n.split()) > 1),
        )
    )


def version_of(chunks: list[Chunk]) -> str:
    """The knowledge's version: it changes with every word of it."""
    return sha256("\n".join(c.chunk_id for c in chunks).encode()).hexdigest()[:12]


def article(name: str, text: str) -> Iterator[Chunk]:
    """The sections of one article: front matter between --- lines, then `## ` headings."""
    match = FRONT_MATTER.match(text)
    if match is None:
        raise KnowledgeError(f"{name} has no front matter between --- lines")
    meta = _front_matter(name, match[1])
    subs = tuple(s.strip() for s in meta["sub_categories"].split(",") if s.strip())
    parts = SECTION.split(match[2])
    sections = list(zip(parts[1::2], parts[2::2], strict=True)) or [(meta["title"], parts[0])]
    for heading, body in sections:
        words = " ".join(body.split())
        if words:
            title = f"{meta['title']}: {heading.strip()}"
            key = (meta["id"], meta["language"], title, words)
            chunk_id = _chunk_id(*key)
            yield Chunk(chunk_id, key[0], key[1], "process", meta["version"], title, words, subs)


def product(row: Mapping[str, Any]) -> Iterator[Chunk]:
    """A product in each language, as sentences that can be cited."""
    for language in LANGUAGES:
        name, sku = str(row[f"name_{language}"]), str(row["sku"])
        facts = [f"{_side(k, language)} {_side(v, language)}" for k, v in row["attributes"].items()]
        price = str(row["price"]).replace(".", _DECIMAL[language])
        words = " ".join(
            (
                _PRICE[language].format(name=name, sku=sku, price=price, currency=row["currency"]),
                _DETAILS[language].format(name=name, details=", ".join(facts)),
                _STOCK[language][bool(row["stock"])].format(name=name),
            )
        )
        subs = ("availability_restock", "price_offer", "specs")
        chunk_id = _chunk_id(sku, language, name, words)
        yield Chunk(chunk_id, sku, language, "product", "", name, words, subs)


def _side(text: str, language: str) -> str:
    """`height / Höhe` holds both languages."""
    english, _, german = str(text).partition(" / ")
    return german if language == "de" and german else english


_DECIMAL = {"en": ".", "de": ","}
_PRICE = {
    "en": "{name} ({sku}) costs {price} {currency}.",
    "de": "{name} ({sku}) kostet {price} {currency}.",
}
_DETAILS = {"en": "Details of {name}: {details}.", "de": "Angaben zu {name}: {details}."}
_STOCK = {
    "en": {True: "{name} is in stock.", False: "{name} is out of stock at present."},
    "de": {True: "{name} ist vorrätig.", False: "{name} ist zurzeit nicht vorrätig."},
}


def sentences(text: str) -> list[str]:
    """The sentences of a text, EN and DE; abbreviations and numbers do not end one."""
    found: list[str] = []
    for piece in SENTENCE_END.split(" ".join(text.split())):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {piece}"
        elif piece:
            found.append(piece)
    return found


def _front_matter(name: str, text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    meta = {key.strip(): value.strip().strip('"') for key, _, value in pairs}
    for key in NEEDED:
        if not meta.get(key):
            raise KnowledgeError(f"{name}: the front matter lacks {key!r}")
    if meta["language"] not in LANGUAGES:
        raise KnowledgeError(f"{name}: language is {meta['language']!r}: use en or de")
    return meta


def _chunk_id(document: str, language: str, title: str, words: str) -> str:
    digest = sha256(f"{document}\0{language}\0{title}\0{words}".encode()).hexdigest()[:12]
    return f"{document}.{language}#{digest}"
