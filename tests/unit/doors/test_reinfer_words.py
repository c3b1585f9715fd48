"""What a stage answers today beside what is stored, for people."""

import pytest

from ticketstream.doors.commands.reinfer import show
from ticketstream.learning.reinfer.answers import Answer
from ticketstream.learning.reinfer.tally import Tally
from ticketstream.schemas.envelope import Producer

TRIAL = Producer("classify.replay", "2+spring")


def test_labels_confidence_and_what_was_skipped_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally = Tally()
    tally.add("t1", Answer("eta", number=0.62, band="0.6 to 0.7"), Answer("edit", number=0.9))
    unsure, sure = (Answer("eta", number=n, band=b) for n, b in ((0.6, "low"), (0.8, "high")))
    tally.add("t2", unsure, sure)
    tally.dead["erased"] = 1_200
    show("classify", tally.result(TRIAL))
    said = capsys.readouterr().out
    assert "REPLAY classify.replay 2+spring: 2 compared, 1 moved" in said
    assert "mean confidence: 0.610 then, 0.850 now" in said
    assert [line.split() for line in said.splitlines() if line.startswith("  ")][-2:] == [
        ["then", "now", "tickets"],
        ["low", "high", "1"],
    ]
    assert "1,200 without an answer: erased" in said
    assert "tickets that moved: t1" in said


def test_values_found_are_told_by_type(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    tally.add("t1", Answer("EMAIL 2", found={"EMAIL": 2}), Answer("EMAIL 1", found={"EMAIL": 1}))
    show("mask", tally.result(Producer("mask.replay", "2+spring")))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["type", "then", "now"] in lines
    assert ["EMAIL", "2", "1"] in lines
