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
        if any(folder.iterdir()):
            raise SettingError(f"{folder} is not empty: name a new folder")
        yield folder
    except OSError as error:
        raise SettingError(f"{folder} cannot be written ({error.strerror})") from error
