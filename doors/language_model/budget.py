"""What asking may cost: a share of the tickets seen, and money a day, both kept before the call."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ticketstream.schemas.errors import SettingError

MOST_SAVED = 20.0  # tickets: what quiet hours save up is spent at most so many at once
ENOUGH = 1e-9  # ten times a tenth is a whole


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Share:
    """At most this share of the tickets is asked about; per process, begun with one ticket."""

    share: float
    _saved: float = 1.0

    def take(self, seen: int, wanted: int) -> int:
        """How many of the wanted may be asked about now, of so many seen."""
        if not self.share:
            return 0
        self._saved = min(self._saved, MOST_SAVED) + self.share * seen
        taken = min(wanted, int(self._saved + ENOUGH))
        self._saved -= taken
        return taken

    def give_back(self, unasked: int) -> None:
        """Some were not asked about after all."""
        self._saved += unasked


@dataclass(frozen=True, slots=True)
class Spending:
    """Money of one day (UTC), in a file that all workers of this host share.

    What a call may cost at most is taken before it and corrected after it, so that a worker that
    is killed in between has spent too much rather than too little, and a restart forgets nothing.
    """

    file: Path
    most: float
    today: Callable[[], date] = _today

    def open(self) -> None:
        """Make the file.

        Raises:
            SettingError: its folder cannot be written to.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._held():
                pass
        except OSError as error:
            raise SettingError(f"{self.file} cannot be written: {type(error).__name__}") from error

    def spent(self) -> float:
        """EUR of today."""
        with self._held() as handle:
            return self._read(handle)

    def reserve(self, amount: float) -> bool:
        """Take an amount, if the day has so much left."""
        with self._held() as handle:
            spent = self._read(handle) + amount
            if amount and spent > self.most:
                return False
            self._write(handle, spent)
        return True

    def correct(self, reserved: float, cost: float) -> None:
        """The call cost something else than was reserved."""
        with self._held() as handle:
            self._write(handle, max(0.0, self._read(handle) + cost - reserved))

    @contextmanager
    def _held(self) -> Iterator[int]:
        handle = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)  # lets the lock go

    def _read(self, handle: int) -> float:
        """Of today; a file that cannot be read has spent everything: nobody asks."""
        day, _, amount = os.pread(handle, 100, 0).decode("ascii", "replace").partition(" ")
        if not day or (day != self.today().isoformat() and amount):
            return 0.0
        try:
            return float(amount)
        except ValueError:
            return self.most

    def _write(self, handle: int, amount: float) -> None:
        # always as long, written at once: a reader after a kill finds the old or the new amount
        os.pwrite(handle, f"{self.today().isoformat()} {amount:020.9f}\n".encode(), 0)
