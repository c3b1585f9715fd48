"""Approaches to ticket classification side by side: one table, one run, one machine.

    python benchmarks/classify.py [--data DIR] [--dev] [--sets NAMES] [--ask-most N]

Sets: the project's own tickets (learned from knowledge/seeds), and from DIR Banking77, CLINC150 and
MASSIVE German; a set that is not there is marked so. The fine-tuned encoder needs torch, the
language model an endpoint (TICKETSTREAM_LANGUAGE_MODEL, docs/language-models.md); else both are not
run.

--dev judges other rows and cannot read what is scored: choices are made there. Its figures prove
nothing. What was learned from and judged stands above each table (`classify_sets.py`), how it is
counted in `classify_score.py`. A whole scored run writes results/classify.json.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from classify_ask import not_asked, rows_of
from classify_own import OwnSet
from classify_print import of_set, printed
from classify_rows import APPROACHES, OURS, Fitted, Given, Memory, tuner, why_not
from classify_score import foreign_recall, scores
from classify_sets import SEEDS, SETS, Guard, Task, public_task
from classify_speed import EUR_A_CORE_HOUR, speed, stage
from machine import Surroundings, machine

from ticketstream.doors import equip
from ticketstream.doors.language_model.second_opinion import connect_patiently
from ticketstream.doors.settings import load
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.taxonomy import shipped_labels

RESULT = Path(__file__).with_name("results") / "classify.json"
Rows = dict[str, Any]  # approach -> figures, or why it was not run


def main() -> None:
    options = _options()
    settings = load()
    guard = Guard(development=options.dev)
    memory = Memory(Encoder.load(settings.models / "encoder"))
    tune, heads = tuner(memory), settings.models / "heads"
    around = Surroundings(os.getpid())
    result: dict[str, Any] = {"machine": machine(), "development": options.dev, "sets": {}}
    with ExitStack() as stack:
        asking = connect_patiently(settings) if settings.language_model else None
        model = stack.enter_context(closing(asking.model)) if asking else None
        for name in options.sets:
            _say(name)
            if name == "own":
                own = OwnSet(guard, memory, tune, options.data, heads, options.approaches)
                told = own.told(options.core_price, model, options.ask_most)
                result["elsewhere"], sets = told["elsewhere"], told["own"]
            elif task := public_task(name, options.data, guard) if options.data else None:
                sets = {name: _public(task, memory, tune, options, model)}
            else:
                sets = {name: "absent: give --data"}
            result["sets"] |= sets
            print("\n".join(of_set(name, told) for name, told in sets.items()), flush=True)
    if "own" in options.sets:
        _say("the classify stage")
        alone: Any = equip.classify_resources(settings.model_copy(update={"language_model": None}))
        texts = [e.text for e in read_seeds(SEEDS, shipped_labels())]
        result["stage"] = stage(alone, texts)
    result["surroundings"] = around.answer()
    print(printed(result))
    whole = (len(SETS) + 1, len(APPROACHES)) == (len(options.sets), len(options.approaches))
    if whole and not options.dev:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=1) + "\n")


def _public(task: Task, memory: Memory, tune: Any, options: Any, model: Any) -> dict[str, Any]:
    learned = [text for text, _ in task.train], [label for _, label in task.train]
    given = Given(*learned, task.foreign, memory, tune)
    texts, truth = [text for text, _ in task.judged], [label for _, label in task.judged]
    told: dict[str, Any] = {
        "told": task.told,
        "learned": len(task.train),
        "judged": len(task.judged),
        "labels": len({*given.labels}),
        "outside": len(task.outside),
    }
    rows: Rows = {}
    fitted: dict[str, Fitted] = {}
    for name, approach in APPROACHES.items():
        if reason := why_not(name, tune, options.approaches):
            rows[name] = reason
            continue
        _say(f"  {name}")
        began = time.perf_counter()
        fitted[name] = approach(given)
        rows[name] = {"fit_s": time.perf_counter() - began}
        rows[name] |= _judged(fitted[name], texts, truth, task.outside)
        rows[name] |= speed(fitted[name], memory, texts, options.core_price)
    if model is None:
        rows |= not_asked()
    else:
        rows |= rows_of(model, fitted[OURS], given, task.judged[: options.ask_most])
    return told | {"rows": rows}


def _judged(
    fitted: Fitted, texts: Sequence[str], truth: Sequence[str], outside: Sequence[str]
) -> dict[str, Any]:
    found: dict[str, Any] = scores(fitted.names, fitted.shares(texts), truth)
    if outside:
        found["foreign_recall"] = foreign_recall(fitted.foreign(texts), fitted.foreign(outside))
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="the folder of public sets")
    parser.add_argument("--dev", action="store_true", help="judge rows that are not scored")
    parser.add_argument("--sets", nargs="+", choices=["own", *SETS], default=["own", *SETS])
    parser.add_argument(
        "--approaches", nargs="+", choices=[*APPROACHES], default=[*APPROACHES], help="ours always"
    )
    parser.add_argument("--ask-most", type=int, default=200, help="texts of a set to ask about")
    parser.add_argument("--core-price", type=float, default=EUR_A_CORE_HOUR, help="EUR an hour")
    found = parser.parse_args()
    found.approaches = [*dict.fromkeys([*found.approaches, OURS])]
    return found


def _say(what: str) -> None:
    print(f"... {what}", flush=True)


if __name__ == "__main__":
    main()
