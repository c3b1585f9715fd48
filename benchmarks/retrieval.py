"""Does the knowledge base find the right article, and does the drafter know when it does not?

    python benchmarks/retrieval.py

Reads knowledge/questions.jsonl, pairs of an English and a German question. The abstaining threshold
was chosen on every second pair; the others are scored. No label of the ticket is given, so this is
the harder case. Peer in the same run: BM25 full text alone (what a help desk's search box does).
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from ticketstream.doors.settings import load
from ticketstream.processors.draft import GROUNDED, support
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.knowledge import chunks_of
from ticketstream.processors.retrieve import KnowledgeBase, build

Row = dict[str, Any]


def main() -> None:
    settings = load()
    encoder = Encoder.load(settings.models / "encoder")
    with tempfile.TemporaryDirectory() as folder:
        build(chunks_of(settings.knowledge), Path(folder), encoder)
        base = KnowledgeBase.open(Path(folder), encoder)
        lines = (settings.knowledge / "questions.jsonl").read_text().splitlines()
        rows = [_asked(base, json.loads(line)) for line in lines]
    chosen = [row for index, row in enumerate(rows) if index // 2 % 2 == 0]
    scored = [row for index, row in enumerate(rows) if index // 2 % 2 == 1]
    for name, part in (("pairs on which the threshold was chosen", chosen), ("scored", scored)):
        print(f"\n{name}: {len(part)} questions")
        for language in ("en", "de", "both"):
            _report(language, [r for r in part if language in {"both", r["language"]}])


def _asked(base: KnowledgeBase, row: Row) -> Row:
    question, language = row["question"], row["language"]
    hits = base.search(question, language, "", 4)
    vector = base.centred([question])[0]
    rated = sorted(
        ((support(h, base.sentence_vectors(h.chunk) @ vector), h.chunk.document) for h in hits),
        reverse=True,
    )
    columns = ["chunk_id", "document", "sub_categories", "language"]
    worded = base._by_words(question, f"language = '{language}'", columns)  # noqa: SLF001
    return row | {
        "support": rated[0][0] if rated else 0.0,
        "first": rated[0][1] if rated else None,
        "found": {h.chunk.document for h in hits},
        "bm25": worded[0]["document"] if worded else None,
    }


def _report(language: str, rows: list[Row]) -> None:
    known = [r for r in rows if r["answerable"]]
    unknown = [r for r in rows if not r["answerable"]]
    drafted = [r for r in rows if r["support"] >= GROUNDED]
    right = [r for r in drafted if r["first"] == r["article"]]
    print(
        f"  {language:5} right article first {_share(known, lambda r: r['first'] == r['article'])}"
        f"  among four {_share(known, lambda r: r['article'] in r['found'])}"
        f"  BM25 first {_share(known, lambda r: r['bm25'] == r['article'])}"
        f"  drafted {len(drafted)}/{len(rows)}, of these right {len(right)}/{len(drafted)}"
        f"  abstained where nothing fits {_share(unknown, lambda r: r['support'] < GROUNDED)}"
    )


def _share(rows: list[Row], good: Any) -> str:
    return f"{sum(map(good, rows))}/{len(rows)}"


if __name__ == "__main__":
    main()
