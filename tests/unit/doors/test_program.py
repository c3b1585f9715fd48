"""The program as a process of its own: what it leaves on the machine, and what it prints where."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_what_a_command_writes_is_its_owners_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    subprocess.run(
        [sys.executable, "-m", "ticketstream.doors.main", "doctor", "--create-keys"],
        env=os.environ | {"TICKETSTREAM_HOME": str(home)},
        check=True,
        capture_output=True,
        umask=0o022,
    )
    written = [home, *home.rglob("*")]
    assert len(written) > 5
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


def test_a_filter_prints_events_and_logs_elsewhere(tmp_path: Path) -> None:
    document = tmp_path / "model.toml"
    document.write_text(
        """[endpoint]
base_url = "http://127.0.0.1:9/v1"
model = "nobody"
[ask]
below = 1.0
[breaker]
failures = 1
"""
    )
    told = subprocess.run(
        [sys.executable, "-m", "ticketstream.doors.main", "pipe", "classify"],
        env=os.environ
        | {"TICKETSTREAM_HOME": str(tmp_path), "TICKETSTREAM_LANGUAGE_MODEL": str(document)},
        check=True,
        capture_output=True,
        input=b'{"text": "Where is my parcel?"}\n',
    )
    (line,) = told.stdout.splitlines()
    assert json.loads(line)["second_opinion"]["status"] in {"failed", "circuit_open"}
    assert b"circuit_opened" in told.stderr


def test_a_training_that_fails_says_why_in_a_line_and_leaves_no_snapshot(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "ticketstream.doors.main", "model", "train", "--data", "nowhere"],
        env=os.environ | {"TICKETSTREAM_HOME": str(tmp_path)},
        check=False,
        capture_output=True,
    )
    assert refused.returncode == 2
    assert b"--data names the folder" in refused.stderr.splitlines()[-1]
    assert list((tmp_path / "models").iterdir()) == []
