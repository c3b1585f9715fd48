"""What a run leaves in the results, and what it prints."""

from typing import Any

import numpy as np
from benchmarks.classify import merged
from benchmarks.classify_print import printed
from benchmarks.classify_score import scores

RUN = {"machine": {"date": "2026-01-01"}, "surroundings": {"load_before": [0.1]}}


def a_set(accuracy: float) -> dict[str, Any]:
    right = np.arange(100) < 100 * accuracy
    figures = scores(["a", "b"], np.where(right[:, None], [0.9, 0.1], [0.4, 0.6]), ["a"] * 100)
    figures |= {"foreign_recall": 0.92}
    rows = {"ours": figures, "fine-tuned encoder": "not run: needs torch"}
    return {"told": "rows", "learned": 10, "judged": 100, "labels": 2, "outside": 5, "rows": rows}


def test_a_run_of_one_set_leaves_the_others_and_names_its_machine() -> None:
    kept = merged({}, RUN | {"sets": {"banking77": a_set(0.9), "clinc150": a_set(0.9)}})
    later = RUN | {"machine": {"date": "2026-02-02"}, "sets": {"clinc150": a_set(0.97)}}
    both = merged(kept, later)["sets"]
    assert both["banking77"]["run"]["machine"]["date"] == "2026-01-01"
    assert both["clinc150"]["run"]["machine"]["date"] == "2026-02-02"
    assert both["clinc150"]["rows"]["ours"]["accuracy"] == 0.97


def test_an_absent_set_takes_no_result_away() -> None:
    kept = merged({}, RUN | {"sets": {"banking77": a_set(0.9)}})
    assert merged(kept, RUN | {"sets": {"banking77": "absent: give --data"}}) == kept


def test_the_table_says_what_was_reached_and_what_was_not_run() -> None:
    sets = {"clinc150": a_set(0.97), "banking77": "absent: give --data"}
    told = printed(RUN | {"development": False, "sets": sets})
    assert "clinc150, accuracy: 97.0, target >= 96.0: reached" in told
    assert "fine-tuned encoder: not run: needs torch" in told
    assert "banking77: absent: give --data" in told
    assert "DEVELOPMENT" in printed(RUN | {"development": True, "sets": sets})
