"""A taxonomy -> its labels as rows, and as the page docs/taxonomy.md."""

from collections.abc import Iterator

from ticketstream.processors.taxonomy import NEEDED, Labels

HEAD = """# Taxonomy

What a ticket can be about, and what its writer can want. This page is made by
`ticketstream model labels --page` and held to
[`schemas/taxonomy.toml`](../schemas/taxonomy.toml) by a test.
Version {version}: {categories} categories, {subs} sub-categories, {intents} intents.

## A taxonomy of your own

1. Copy `schemas/taxonomy.toml`, change it, and name it for every role:
   `TICKETSTREAM_TAXONOMY=mine.toml`. Each label needs a name and a meaning in English and German; a
   file that cannot be used stops the start and says which label to mend. These must stay, for rules
   speak of them: {needed}.
2. Another wording is in force at the next start: the desk, exports, the language model's prompt and
   `model labels` follow.
3. Other labels, or another order, ask for heads that are trained on them, since stored scores stand
   in the order of the file: write at least 25 messages a sub-category and language as in
   [`knowledge/seeds`](../knowledge/seeds), then `ticketstream model train --seeds mine/`. Name what
   it gives in the policy document that `TICKETSTREAM_POLICY` names: `active = {{ model = "ID" }}`
   (`pipe` and `try` use it too; `floors = {{ texts = 500 }}` where there are fewer than 1,000
   messages). Until then classify refuses to start and says so. Later ones come by `model promote`,
   which refuses heads of other labels.
4. Whitelists, thresholds per intent and queues of a policy are checked against the file.

Old events keep their labels: each names the version and the hash of its taxonomy.
"""


def label_rows(labels: Labels) -> Iterator[dict[str, str]]:
    """Kind, label, names and meanings, in the order of the scores."""
    of_category = {
        c: [s for s in labels.sub_categories if labels.category_of[s] == c]
        for c in labels.categories
    }
    for category, subs in of_category.items():
        yield _row(labels, "category", category)
        yield from (_row(labels, "sub_category", sub) for sub in subs)
    yield from (_row(labels, "intent", intent) for intent in labels.intents)


def _row(labels: Labels, kind: str, label: str) -> dict[str, str]:
    return {
        "kind": kind,
        "label": label,
        "name_en": labels.called(label, "en"),
        "name_de": labels.called(label, "de"),
        "means_en": labels.meaning(label, "en"),
        "means_de": labels.meaning(label, "de"),
    }


def label_page(labels: Labels) -> str:
    """The page as Markdown."""
    needed = ", ".join(f"`{label}`" for kept in NEEDED.values() for label in kept)
    counts = {
        "version": labels.version,
        "categories": len(labels.categories),
        "subs": len(labels.sub_categories),
        "intents": len(labels.intents),
    }
    parts = [HEAD.format(needed=needed, **counts)]
    rows = {r["label"]: r for r in label_rows(labels)}
    for category in labels.categories:
        row = rows[category]
        parts.append(f"\n## {category}\n\n{row['means_en']}. {row['means_de']}.\n\n")
        subs = (s for s in labels.sub_categories if labels.category_of[s] == category)
        parts.append(_table([rows[s] for s in subs]))
    parts.append(f"\n## Intents\n\n{_table([rows[i] for i in labels.intents])}")
    return "".join(parts)


def _table(rows: list[dict[str, str]]) -> str:
    lines = ["| label | English | Deutsch |\n|---|---|---|\n"]
    lines += [
        f"| `{r['label']}` | {r['means_en']} | **{r['name_de']}**: {r['means_de']} |\n"
        for r in rows
    ]
    return "".join(lines)
