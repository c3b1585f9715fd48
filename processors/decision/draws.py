"""Ids and a purpose -> numbers in [0, 1) that a replay draws again: keyed hashes, no dice."""

import hmac
from collections.abc import Callable

import numpy as np

from ticketstream.processors.decision.columns import Floats, Ids

Draws = Callable[[Ids, str], Floats]


def keyed(key: bytes) -> Draws:
    """Draws by a keyed hash of id and purpose, so that no customer can foresee them."""

    def draw(ids: Ids, purpose: str) -> Floats:
        told = ids.tobytes().hex()
        names = (_uuid(told[at : at + 32]) for at in range(0, len(told), 32))
        hashes = (hmac.digest(key, f"{name}/{purpose}".encode(), "sha256")[:8] for name in names)
        return np.frombuffer(b"".join(hashes), ">u8") / 2.0**64

    return draw


def _uuid(digits: str) -> str:
    """The id as events write it."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
