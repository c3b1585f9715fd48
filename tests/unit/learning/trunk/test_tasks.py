"""Examples become tasks: what is unknown teaches nothing."""

import pytest

pytest.importorskip("torch", reason="tuning needs the extra `train`")

from ticketstream.learning.examples import Example
from ticketstream.learning.trunk.tasks import tasks_of
from ticketstream.processors.taxonomy import shipped_labels

LABELS = shipped_labels()
KNOWN = Example("a", "en", "own", "seed", "track_order", "ask_status", 0.25, 0.5, -0.5)
FOREIGN = Example("b", "en", "clinc150", "foreign", "out_of_scope")


def test_labels_are_places_and_moods_degrees_from_0_to_1() -> None:
    tasks = tasks_of([KNOWN], LABELS)
    assert tasks["sub_category"].answers == [LABELS.sub_categories.index("track_order")]
    assert tasks["sub_category"].outputs == len(LABELS.sub_categories)
    assert tasks["intent"].answers == [LABELS.intents.index("ask_status")]
    assert tasks["anger"].answers == [0.25]
    assert tasks["polarity"].answers == [0.25]
    assert tasks["out_of_scope"].answers == [0.0]


def test_what_is_unknown_is_marked_so() -> None:
    tasks = tasks_of([FOREIGN], LABELS)
    assert tasks["intent"].answers == tasks["anger"].answers == tasks["polarity"].answers == [-1.0]
    assert tasks["out_of_scope"].answers == [1.0]
