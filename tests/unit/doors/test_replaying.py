"""A replay of nothing is refused, for a table of zeros would look like an answer."""

from pathlib import Path

import pytest
from tests.unit.doors.test_certifying import happened
from tests.unit.projections.archived import add_all
from typer.testing import CliRunner

from ticketstream.doors.equip import archive_of, key_source
from ticketstream.doors.main import app
from ticketstream.doors.settings import load
from ticketstream.schemas.errors import SettingError


@pytest.mark.parametrize("cut", [("--since", "2999-01-01"), ("--shop", "nowhere")])
def test_a_replay_without_a_ticket_is_refused_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: tuple[str, str]
) -> None:
    monkeypatch.setenv("TICKETSTREAM_HOME", str(tmp_path))
    key_source(load()).create()
    add_all(archive_of(load()), happened(3))
    policy, out = tmp_path / "mine.toml", tmp_path / "out"
    policy.write_text('id = "mine"')
    words = ("replay", "route", "--policy", str(policy), "--from", "archive", "--out", str(out))
    assert CliRunner().invoke(app, words).exit_code == 0
    refused = CliRunner().invoke(app, (*words[:-1], str(tmp_path / "none"), *cut))
    assert isinstance(refused.exception, SettingError)
    assert "look at --since, --until and --shop" in str(refused.exception)
    assert not (tmp_path / "none").exists()
