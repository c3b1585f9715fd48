"""Texts -> hashed character n-gram counts: spelling, endings and compounds, as vectors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Rows = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]

SIZES = (2, 3, 4, 5)
MOST_CHARACTERS = 2_000
BASE = np.uint32(0x01000193)  # FNV's prime: spreads neighbouring letters
MIX = np.uint32(0x9E3779B1)  # Knuth's multiplicative hash: its upper bits are the good ones


def counts(text: str, bits: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """The buckets (below 2**bits, ascending) that a text's n-grams fall in, with 1 + log(count).

    Case is ignored, white space collapsed; only the first 2,000 characters count.
    """
    flat = f" {' '.join(text[:MOST_CHARACTERS].lower().split())} "
    letters = np.frombuffer(flat.encode("utf-32-le", "replace"), "<u4").astype(np.uint32)
    hashed = [_hashes(letters, size) for size in SIZES]
    buckets = np.concatenate(hashed) >> np.uint32(32 - bits)
    found, times = np.unique(buckets, return_counts=True)
    return found.astype(np.int64), (1.0 + np.log(times)).astype(np.float32)


def weighted(rows: Rows, idf: npt.NDArray[np.float32]) -> Rows:
    """Counts times the rarity of their bucket, each row scaled to length 1."""
    found = ((b, c * idf[b]) for b, c in rows)
    return [(b, (c / (np.linalg.norm(c) or 1.0)).astype(np.float32)) for b, c in found]


def rarity(rows: Rows, bits: int) -> npt.NDArray[np.float32]:
    """Smoothed inverse document frequency of each bucket, float32 [2**bits]."""
    seen = np.zeros(2**bits)
    for buckets, _ in rows:
        seen[buckets] += 1
    rare = np.log((1 + len(rows)) / (1 + seen)) + 1.0
    return rare.astype(np.float16).astype(np.float32)  # as it is stored


def project(rows: Rows, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows times weights [2**bits, outputs], summed in an order that no batch changes."""
    sums: Sequence[npt.NDArray[np.float32]] = [c @ weights[b] for b, c in rows]
    return np.array(sums, np.float32).reshape(len(rows), weights.shape[1])


def _hashes(letters: npt.NDArray[np.uint32], size: int) -> npt.NDArray[np.uint32]:
    if len(letters) < size:
        return np.empty(0, np.uint32)
    code = np.full(len(letters) - size + 1, size, np.uint32)
    for place in range(size):
        code = (code * BASE) ^ letters[place : len(letters) - size + 1 + place]
    code ^= code >> np.uint32(15)
    return code * MIX
