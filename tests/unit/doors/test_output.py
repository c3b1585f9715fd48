"""What commands print: figures stand to the right, sentences fit a terminal."""

import pytest

from ticketstream.doors.output import prose, table


def test_columns_of_figures_stand_to_the_right_and_words_to_the_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["name", "share", "tickets"], [["one", "3.5 %", "1,204"], ["other", "12.5 %", ""]])
    assert capsys.readouterr().out.splitlines() == [
        "  name    share  tickets",
        "  one     3.5 %    1,204",
        "  other  12.5 %",
    ]


def test_a_column_with_one_word_in_it_is_no_column_of_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table(["a", "value"], [["x", "1"], ["y", "about 20"]])
    assert capsys.readouterr().out.splitlines()[1] == "  x  1"


def test_a_table_without_rows_is_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    table(["route", "tickets"], [])
    assert capsys.readouterr().out == "  route  tickets\n"


def test_a_sentence_is_broken_into_lines_under_its_own_beginning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    prose("word " * 40, "  name  ")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1
    assert lines[0].startswith("  name  word")
    assert all(line.startswith(" " * 8 + "word") for line in lines[1:])
    assert max(map(len, lines)) <= 100
