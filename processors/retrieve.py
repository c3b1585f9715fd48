"""A masked question -> the chunks of knowledge that fit, by meaning and by words (LanceDB)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson

from ticketstream.processors.knowledge import Chunk, KnowledgeError, version_of

Vectors = npt.NDArray[np.float32]

TABLE = "chunks"
META = "knowledge.json"
DEPTH = 20  # hits taken from each search before they are fused
RRF = 60.0  # reciprocal rank fusion's constant (Cormack et al. 2009)
LABEL_BONUS = 0.5 / RRF  # what a chunk gains when it is written for the ticket's sub-category


class Embeds(Protocol):
    """An encoder: texts in, unit vectors out, float32 [n, d]."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk with its fused score, its centred cosine to the question, and its label.

    `labelled`: the chunk was written for the ticket's sub-category.
    """

    chunk: Chunk
    score: float
    cosine: float
    labelled: bool


@dataclass(slots=True)
class KnowledgeBase:
    """A LanceDB folder, read only. Two searches a question, fused by rank."""

    table: Any
    version: str
    mean: Vectors
    encoder: Embeds
    _sentences: dict[str, Vectors] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, encoder: Embeds) -> "KnowledgeBase":
        """Open what `build` wrote.

        Raises:
            KnowledgeError: nothing was built there.
        """
        import lancedb  # noqa: PLC0415  (1.5 s that only this role pays)

        if not (folder / META).is_file():
            raise KnowledgeError(f"no knowledge in {folder}: run `ticketstream knowledge build`")
        meta = orjson.loads((folder / META).read_bytes())
        table = lancedb.connect(str(folder)).open_table(TABLE)
        return cls(table, meta["version"], np.array(meta["mean"], np.float32), encoder)

    def search(self, question: str, language: str, sub_category: str, most: int) -> list[Hit]:
        """The best chunks in the question's language, best first."""
        vector = self.centred([question])[0]
        where = f"language = '{language}'" if language in {"en", "de"} else "false"
        columns = [*Chunk.__dataclass_fields__, "vector"]
        near = (
            self.table.search(vector)
            .where(where)
            .limit(DEPTH)
            .select([*columns, "_distance"])
            .to_list()
        )
        worded = self._by_words(question, where, columns)
        labelled = {r["chunk_id"] for r in near + worded if sub_category in r["sub_categories"]}
        rows = {r["chunk_id"]: r for r in near + worded}
        ranks = ([r["chunk_id"] for r in near], [r["chunk_id"] for r in worded])
        ranked = fuse(ranks, labelled)[:most]
        return [
            Hit(
                _chunk(rows[i]),
                score,
                float(np.dot(np.asarray(rows[i]["vector"]), vector)),
                i in labelled,
            )
            for i, score in ranked
        ]

    def sentence_vectors(self, chunk: Chunk) -> Vectors:
        """The centred vectors of a chunk's sentences [n, d]; computed once a process."""
        if chunk.chunk_id not in self._sentences:
            self._sentences[chunk.chunk_id] = self.centred(chunk.sentences())
        return self._sentences[chunk.chunk_id]

    def centred(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors around the corpus mean: raw cosines of this encoder crowd at 0.7 to 1."""
        return centre(self.encoder.embed(texts), self.mean)

    def _by_words(self, question: str, where: str, columns: list[str]) -> list[dict[str, Any]]:
        from lancedb.query import MatchQuery  # noqa: PLC0415

        words = " ".join(w for w in question.split() if any(c.isalpha() for c in w))
        if not words:
            return []
        query = self.table.search(MatchQuery(words, "text"), query_type="fts")
        found: list[dict[str, Any]] = (
            query.where(where).limit(DEPTH).select([*columns, "_score"]).to_list()
        )
        return found


def fuse(rankings: Iterable[Sequence[str]], labelled: set[str]) -> list[tuple[str, float]]:
    """Reciprocal rank fusion of id lists, with a bonus for labelled ones; ties by id."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0.0) + 1.0 / (RRF + rank)
    scores = {n: s + (LABEL_BONUS if n in labelled else 0.0) for n, s in scores.items()}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def centre(vectors: Vectors, mean: Vectors) -> Vectors:
    """Vectors minus the mean, at unit length."""
    moved = vectors - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)


def build(chunks: list[Chunk], folder: Path, encoder: Embeds) -> str:
    """Write the chunks with vectors and a full-text index; returns the knowledge's version."""
    import lancedb  # noqa: PLC0415
    from lancedb.index import FTS  # noqa: PLC0415

    if not chunks:
        raise KnowledgeError("no chunks to build from: write articles first")
    raw = encoder.embed([f"{c.title}. {c.text}" for c in chunks])
    mean = raw.mean(axis=0)
    rows = [
        asdict(c) | {"sub_categories": list(c.sub_categories), "vector": v}
        for c, v in zip(chunks, centre(raw, mean), strict=True)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    mode = "overwrite" if (folder / f"{TABLE}.lance").exists() else "create"
    table = lancedb.connect(str(folder)).create_table(TABLE, rows, mode=mode)
    table.create_index("text", config=FTS(), replace=True)
    version = version_of(chunks)
    (folder / META).write_bytes(orjson.dumps({"version": version, "mean": mean.tolist()}))
    return version


def _chunk(row: Mapping[str, Any]) -> Chunk:
    values = {name: row[name] for name in Chunk.__dataclass_fields__}
    return Chunk(**values | {"sub_categories": tuple(row["sub_categories"])})
