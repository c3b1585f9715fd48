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
    buckets = _hashes(letters) >> np.uint32(32 - bits)
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
    sums: Sequence[npt.NDArray[np.float32]] = [c @ weights.take(b, axis=0) for b, c in rows]
    return np.array(sums, np.float32).reshape(len(rows), weights.shape[1])


def _hashes(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Of all n-grams: a row for each size, then rows in a row without what reaches past the end."""
    count = len(letters)
    padded = np.concatenate([letters, np.zeros(SIZES[-1], np.uint32)])
    codes = (np.array(SIZES, np.uint32)[:, None] * BASE) ^ letters
    for place in range(1, SIZES[-1]):
        longer = codes[max(0, place + 1 - SIZES[0]) :]  # of sizes that go on
        longer *= BASE
        longer ^= padded[place : place + count]
    codes ^= codes >> np.uint32(15)
    codes *= MIX
    ends = (max(0, count - size + 1) for size in SIZES)
    return np.concatenate([row[:end] for row, end in zip(codes, ends, strict=True)])
