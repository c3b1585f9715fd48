"""The result of `classify.py` -> the lines that it prints."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from classify_speed import LENGTHS
from figures import table, verdict

HEAD = (
    "accuracy (95 %)",
    "macro-F1",
    "ECE",
    "cov. at 97 %",
    "at 97.2 %",
    "out-of-scope",
    "ms p50/p95",
    "texts/s (range)",
    "EUR/1,000",
)
OWN = ("category", "sub_category", "intent", "pair", "anger_f1")
BARS = {
    "banking77": "published, test split: fine-tuned BERT 93.7; 97.24 % right at 90.6 % coverage",
    "clinc150": "published, test split: 96.5 in scope",
}
NONE = "–"  # noqa: RUF001
Set = Mapping[str, Any]


def printed(result: Mapping[str, Any]) -> str:
    """All tables."""
    parts = [json.dumps(result["machine"]), json.dumps(result["surroundings"])]
    if result["development"]:
        parts.append(
            "DEVELOPMENT: nothing that is scored was read, and these figures prove nothing"
        )
    for name, told in result["sets"].items():
        parts.append(of_set(name, told))
    if "elsewhere" in result:
        parts += [_own(result), _elsewhere(result["elsewhere"])]
    if "stage" in result:
        parts.append(_stage(result["stage"]))
    parts.append("\n".join(_targets(result)))
    return "\n\n".join(["", *parts])


def of_set(name: str, told: Set | str) -> str:
    """The table of one set."""
    if isinstance(told, str):
        return f"{name}: {told}"
    sizes = f"{told['learned']:,} learned from, {told['judged']:,} judged, {told['labels']} labels"
    outside = f", {told['outside']} out of scope" if told.get("outside") else ""
    lines = [f"{name}: {sizes}{outside}; {told['told']}"]
    rows = {k: v for k, v in told["rows"].items() if not isinstance(v, str)}
    lines.append(table([name, *HEAD], [[k, *_cells(v)] for k, v in rows.items()]))
    lines += [f"{k}: {v}" for k, v in told["rows"].items() if isinstance(v, str)]
    return "\n".join([*lines, *filter(None, [BARS.get(name)])])


def _cells(row: Mapping[str, Any]) -> list[str]:
    low, high = row["accuracy_95"]
    ms, rate = row.get("ms"), row.get("texts_per_s")
    return [
        f"{row['accuracy']:.1%} ({low:.1%} to {high:.1%})",
        *(_share(row.get(n)) for n in ("macro_f1", "ece", "coverage_97", "coverage_972")),
        _share(row.get("foreign_recall")),
        f"{ms['p50']:.1f} / {ms['p95']:.1f}" if ms else NONE,
        f"{rate['median']:,.0f} ({rate['min']:,.0f} to {rate['max']:,.0f})" if rate else NONE,
        f"{row['eur_per_1000']:.5f}" if "eur_per_1000" in row else NONE,
    ]


def _own(result: Mapping[str, Any]) -> str:
    rows = [
        [f"{name}, {approach}", *(_share(row.get(n)) for n in OWN)]
        for name, told in result["sets"].items()
        if name.startswith("own")
        for approach, row in told["rows"].items()
        if not isinstance(row, str) and "category" in row
    ]
    return table(["own set", *OWN], rows)


def _elsewhere(by_model: Mapping[str, Any]) -> str:
    """The same heads on other houses' texts, never to be read apart from the own set."""
    if not by_model:
        return "public cross-domain figures beside the own set: absent: give --data"
    names = ("size", "category", "sub_category", "intent", "anger_f1", "out_of_scope_recall")
    rows = [
        [f"{model}, {name}", f"{told['size']}", *(_share(told.get(n)) for n in names[1:])]
        for model, sets in by_model.items()
        for name, told in sets.items()
    ]
    return table(["ours on other houses' texts, labels mapped", *names], rows)


def _stage(told: Mapping[Any, Any]) -> str:
    head = ["the classify stage, one ticket at a time, one thread", "ms p50", "p95 (range)"]
    rows = [
        [
            f"{n} tokens",
            f"{v['p50']:.1f}",
            f"{v['p95']:.1f} ({v['p95_min']:.1f} to {v['p95_max']:.1f})",
        ]
        for n, v in told.items()
    ]
    return table(head, rows)


def _targets(result: Mapping[str, Any]) -> Sequence[str]:
    lines = []
    wanted = (
        ("banking77", "accuracy", 94.0),
        ("banking77", "coverage_972", 95.0),
        ("clinc150", "accuracy", 96.0),
        ("clinc150", "foreign_recall", 90.0),
        *(
            (f"own {code}", name, target)
            for code in ("en", "de")
            for name, target in (("category", 90.0), ("sub_category", 80.0), ("anger_f1", 85.0))
        ),
    )
    for name, figure, target in wanted:
        told = result["sets"].get(name)
        if isinstance(told, Mapping) and isinstance(row := told["rows"].get("ours"), Mapping):
            value = 100 * row[figure]
            lines.append(verdict(f"{name}, {figure}", value, target, at_least=True, digits=1))
    for length, most in LENGTHS.items():
        if "stage" in result:
            value = result["stage"][length]["p95"]
            lines.append(
                verdict(f"stage, {length} tokens, p95 ms", value, most, at_least=False, digits=1)
            )
    return lines


def _share(value: float | None) -> str:
    return NONE if value is None else f"{value:.1%}"
