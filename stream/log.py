"""Logs of ids and numbers, never of text: one line an event, JSON or for a terminal."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

# names under which text of customers could slip in; a log line with one is a defect
FORBIDDEN = frozenset({"text", "subject", "value", "payload", "name", "address", "email", "phone"})


def configure(*, json: bool, level: str = "info") -> None:
    """Set structlog up for this process.

    Args:
        json: JSON lines, for machines; else lines for a terminal.
        level: the least level that is written.
    """
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=lambda v, **_: orjson.dumps(v).decode())
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_text,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        # asked for each line: where a program runs a command within itself, stderr may have changed
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def without_text(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take out what must not be logged, and say that it was taken out."""
    return {k: "[not logged]" if k in FORBIDDEN else v for k, v in event.items()}
