"""Master keys -> wrapped and back by a command, which asks whatever keeps keys in this house.

`COMMAND wrap NAME` reads a key in hex and writes one line that only `COMMAND unwrap NAME` can turn
back into it. Five lines of shell around any cloud's key service will do: docs/operations.md.
"""

import shlex
import subprocess
from dataclasses import dataclass

from ticketstream.schemas.errors import SettingError, VaultError
from ticketstream.vault.keys import parsed

SECONDS = 30.0
SHOWN = 200  # characters of what the command says went wrong


@dataclass(frozen=True, slots=True)
class CommandKms:
    """A key service behind a command; `command` may have arguments of its own."""

    command: str

    def wrap(self, name: str, key: bytes) -> str:
        wrapped = self._run("wrap", name, key.hex())
        if self.unwrap(name, wrapped) != key:  # nothing may be sealed under a key that is lost
            raise SettingError(f"{self._said('wrap', name)}: it does not unwrap what it wrapped")
        return wrapped

    def unwrap(self, name: str, wrapped: str) -> bytes:
        return parsed(
            self._run("unwrap", name, wrapped.strip()), f"what {self._said('unwrap', name)} wrote"
        )

    def _run(self, action: str, name: str, given: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603  (the operator's own command)
                [*self._words(), action, name],
                input=given.encode(),
                capture_output=True,
                check=False,
                timeout=SECONDS,
            )
        except OSError as error:
            raise SettingError(
                f"TICKETSTREAM_KEY_COMMAND cannot be run ({error.strerror}): name a program"
            ) from error
        except subprocess.TimeoutExpired:
            # without its cause, which holds what the command was given
            raise VaultError(f"{self._said(action, name)}: no answer in {SECONDS:.0f} s") from None
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        if done.returncode:
            why = said[-1][:SHOWN] if said else "it says nothing"
            raise VaultError(f"{self._said(action, name)}: status {done.returncode}, {why}")
        return done.stdout.decode("ascii", "replace").strip()

    def _words(self) -> list[str]:
        try:
            return shlex.split(self.command)
        except ValueError as error:
            raise SettingError(f"TICKETSTREAM_KEY_COMMAND is no command: {error}") from error

    def _said(self, action: str, name: str) -> str:
        return f"TICKETSTREAM_KEY_COMMAND {action} {name}"
