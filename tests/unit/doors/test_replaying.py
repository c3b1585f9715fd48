"""What a replay refuses: nothing to compare, days the wrong way round, a folder that is in use."""

from pathlib import Path

import pytest
from tests.unit.doors.test_certifying import happened
from tests.unit.projections.archived import add_all
from typer.testing import CliRunner

from ticketstream.doors.equip import archive_of, key_source
from ticketstream.doors.main import app
from ticketstream.doors.settings import load
from ticketstream.schemas.errors import SettingError


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A command that replays three decisions of an archive."""
    monkeypatch.setenv("TICKETSTREAM_HOME", str(tmp_path))
    key_source(load()).create()
    add_all(archive_of(load()), happened(3))
    policy, out = tmp_path / "mine.toml", tmp_path / "out"
    policy.write_text('id = "mine"')
    return ("replay", "route", "--policy", str(policy), "--from", "archive", "--out", str(out))


@pytest.mark.parametrize("cut", [("--since", "2999-01-01"), ("--shop", "nowhere")])
def test_a_replay_without_a_ticket_is_refused_and_writes_nothing(
    tmp_path: Path, words: tuple[str, ...], cut: tuple[str, str]
) -> None:
    assert CliRunner().invoke(app, words).exit_code == 0
    refused = CliRunner().invoke(app, (*words[:-1], str(tmp_path / "none"), *cut))
    assert isinstance(refused.exception, SettingError)
    assert "look at --since, --until and --shop" in str(refused.exception)
    assert not (tmp_path / "none").exists()


def test_days_the_wrong_way_round_are_no_choice_of_days(words: tuple[str, ...]) -> None:
    days = ("--since", "2026-06-30", "--until", "2026-06-30")
    refused = CliRunner().invoke(app, (*words, *days))
    assert isinstance(refused.exception, SettingError)
    assert str(refused.exception).startswith("no day lies from --since 2026-06-30")


def test_a_folder_in_use_is_told_before_anything_is_decided(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.txt").write_text("another's")
    refused = CliRunner().invoke(app, words)
    assert "is not empty: name a new folder" in str(refused.exception)
    assert "deciding" not in refused.output
