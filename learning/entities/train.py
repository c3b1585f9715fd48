"""Marked texts -> the entity model: upper layers tuned on what the encoder's lower half gives."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from ticketstream.learning.entities.marked import IGNORED, LABELS, Marked, cut, labels_of
from ticketstream.learning.entities.tagger import Tagger
from ticketstream.processors.detectors.entities import windows
from ticketstream.processors.lower import Lower

TOKENS = 2_500  # of a batch, padding included
RATE = 2e-4
HEAD_RATE = 2e-3
WARM = 0.06  # of all steps


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the lower layers read it (half precision, to fit), and its labels."""

    hidden: np.ndarray
    labels: np.ndarray


def read(texts: Sequence[Marked], lower: Lower) -> list[Read]:
    """What the upper layers learn from, in the windows of mask; minutes, and 60 KB a window."""
    found = []
    for part in (cut(text, *window) for text in texts for window in windows(text.text)):
        (encoding,) = lower.tokens([part.text])
        (hidden,), _ = lower.run(encoding.ids, "hidden6")
        labels = np.asarray(labels_of(part, lower.places(encoding)), np.int64)
        found.append(Read(hidden[0].astype(np.float16), labels))
    return found


def tuned(texts: Sequence[Read], layers: int, epochs: int, seed: int) -> Tagger:
    """The upper layers after so many epochs; linear warm-up, then linear decay to nothing."""
    torch.manual_seed(seed)
    dice = random.Random(seed)  # noqa: S311  (no secret)
    model: Tagger = Tagger(layers, len(LABELS)).train()
    batches = [batch for _ in range(epochs) for batch in _batches(texts, dice)]
    optimizer = torch.optim.AdamW(
        [
            {"params": model.upper.parameters(), "lr": RATE},
            {"params": model.head.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    steps = len(batches)
    warm = max(1, int(WARM * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, (steps - n) / max(1, steps - warm))
    )
    loss_of = nn.CrossEntropyLoss(ignore_index=IGNORED, label_smoothing=0.02)
    total = 0.0
    for number, batch in enumerate(batches, 1):
        hidden, mask, labels = _padded([texts[i] for i in batch])
        with torch.autocast("cpu", torch.bfloat16):  # half the time on CPUs that know it
            logits = model(hidden, mask)
        loss = loss_of(logits.float().flatten(0, 1), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if number % 50 == 0:
            print(f"  step {number} of {steps}, loss {total / 50:.4f}", flush=True)  # noqa: T201
            total = 0.0
    model.eval()
    return model


def _batches(texts: Sequence[Read], dice: random.Random) -> Iterator[list[int]]:
    """Texts of like length together, the batches in random order."""
    order = sorted(range(len(texts)), key=lambda i: (len(texts[i].labels), dice.random()))
    batches: list[list[int]] = [[]]
    for i in order:
        if (len(batches[-1]) + 1) * len(texts[i].labels) > TOKENS:
            batches.append([])
        batches[-1].append(i)
    dice.shuffle(batches)
    yield from batches


def _padded(texts: Sequence[Read]) -> tuple[Any, Any, Any]:
    longest = max(len(t.labels) for t in texts)
    hidden = np.zeros((len(texts), longest, texts[0].hidden.shape[1]), np.float32)
    mask = np.zeros((len(texts), longest), np.int64)
    labels = np.full((len(texts), longest), IGNORED, np.int64)
    for row, text in enumerate(texts):
        length = len(text.labels)
        hidden[row, :length], mask[row, :length] = text.hidden, 1
        labels[row, :length] = text.labels
    return torch.from_numpy(hidden), torch.from_numpy(mask), torch.from_numpy(labels)
