"""A shadow report -> a folder: the numbers as JSON, a page to look at."""

from pathlib import Path

import orjson

from ticketstream.learning.pages.folder import new_folder
from ticketstream.learning.shadow.agreement import Report
from ticketstream.learning.shadow.page import page
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.schemas.json import to_json


def write_report(folder: Path, result: Report, tongue: Tongue, labels: Labels) -> list[Path]:
    """Write into a folder that is empty or new; returns the files.

    Raises:
        SettingError: something lies there, or it cannot be written.
    """
    with new_folder(folder):
        files = [folder / name for name in ("shadow.json", "index.html")]
        files[0].write_bytes(orjson.dumps(to_json(result), option=orjson.OPT_INDENT_2) + b"\n")
        files[1].write_text(page(result, tongue, labels), "utf-8")
    return files
