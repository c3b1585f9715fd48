"""What a line of the log holds, and where it goes."""

import sys
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from ticketstream.stream.log import configure


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """A test's set-up ends with it."""
    yield
    structlog.reset_defaults()


def test_a_line_goes_to_the_standard_error_of_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's runner, or a notebook, closes the one that a command was set up with."""
    early, late = StringIO(), StringIO()
    monkeypatch.setattr(sys, "stderr", early)
    configure(json=True)
    log = structlog.get_logger("probe")
    log.info("first")
    early.close()
    monkeypatch.setattr(sys, "stderr", late)
    log.info("second")
    assert '"event":"second"' in late.getvalue()


def test_a_field_that_may_hold_a_customers_words_is_not_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(json=True)
    structlog.get_logger("probe").info("seen", subject="my parcel", offset=7)
    told = capsys.readouterr().err
    assert "my parcel" not in told
    assert '"subject":"[not logged]"' in told
    assert '"offset":7' in told
