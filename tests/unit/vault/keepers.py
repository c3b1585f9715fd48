"""Ways in which a shop keeps its master keys, as a process that starts anew would find them."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ticketstream.vault.key_variables import KeyVariables
from ticketstream.vault.keys import NAMES, KeyFiles, KeySource
from ticketstream.vault.kms import CommandKms

# what stands before a cloud's key service: it has a secret that the key files do not hold
SCRIPT = """
import base64, hashlib, pathlib, sys
secret = pathlib.Path(__file__).with_name("secret").read_bytes()
action, name = sys.argv[-2:]
pad = hashlib.shake_256(secret + name.encode()).digest(64)
given = sys.stdin.read().strip()
mix = lambda data: bytes(a ^ b for a, b in zip(data, pad, strict=True))
if action == "wrap":
    print(base64.b64encode(mix(bytes.fromhex(given))).decode())
else:
    print(mix(base64.b64decode(given)).hex())
"""


class Keeper(Protocol):
    """Keys that can be loaded, and what an operator does when they are replaced."""

    def source(self) -> KeySource: ...

    def offer(self) -> None:
        """What the operator does before a rotation."""

    def moved(self) -> None:
        """What the operator does after one."""


@dataclass
class Filed:
    """Plain files."""

    folder: Path

    def source(self) -> KeySource:
        return KeyFiles(self.folder)

    def offer(self) -> None: ...

    def moved(self) -> None: ...


@dataclass
class Commanded:
    """Files that a command wraps."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        (self.folder / "secret").write_bytes(os.urandom(32))
        (self.folder / "kms.py").write_text(SCRIPT)

    @property
    def command(self) -> str:
        return f"{sys.executable} -I -S {self.folder / 'kms.py'} --region here"

    def source(self) -> KeySource:
        return KeyFiles(self.folder, CommandKms(self.command))

    def offer(self) -> None: ...

    def moved(self) -> None: ...


@dataclass
class Variables:
    """Keys in the environment."""

    keys: dict[str, str] = field(default_factory=lambda: {n: os.urandom(64).hex() for n in NAMES})
    successors: dict[str, str] = field(default_factory=dict)

    def source(self) -> KeySource:
        return KeyVariables(dict(self.keys), dict(self.successors))

    def offer(self) -> None:
        self.successors = {n: os.urandom(64).hex() for n in ("text", "identity")}

    def moved(self) -> None:
        self.keys |= self.successors
        self.successors = {}
