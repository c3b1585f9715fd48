"""A path -> a folder that is empty, to write a report into, or an error that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ticketstream.schemas.errors import SettingError


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder that is new or empty.

    Raises:
        SettingError: something lies there, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_empty(folder)
        yield folder
    except OSError as error:
        raise SettingError(f"{folder} cannot be written ({error.strerror})") from error


def check_empty(folder: Path) -> None:
    """Raise SettingError if something lies there: to be told before the work, not behind it."""
    if folder.is_dir() and any(folder.iterdir()):
        raise SettingError(f"{folder} is not empty: name a new folder")
