"""What the tests of intake share: a door with a store in a temporary folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.door import Door


@pytest.fixture
def door(tmp_path: Path) -> Door:
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    return Door("kestrel", b"a key of the tests, 32 bytes long", AttachmentStore(tmp_path), at)
