"""The program as a process of its own: what it leaves on the machine."""

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
