"""What the lower half makes of texts, and their answers -> a tuned trunk; needs torch."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ticketstream.learning import linear
from ticketstream.learning.e5 import Layers
from ticketstream.learning.trunk.model import LAYERS, Tasks, Trunk
from ticketstream.processors.heads import centred
from ticketstream.processors.lower import WIDTH, Lower, Vectors

Halves = npt.NDArray[np.float16]
Doubles = npt.NDArray[np.float64]

TOKENS = 2_048  # of a batch, padding included
WARM = 0.06  # of all steps
UNKNOWN = -1.0


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learned about texts.

    Attributes:
        outputs: how many classes; 1 is a degree from 0 to 1.
        answers: float32 [n], a class or a degree; -1 where it is unknown.
        weights: float32 [n], what each text counts.
        share: what the task counts among the others.
    """

    outputs: int
    answers: Vectors
    weights: Vectors
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a trunk is tuned; the defaults are for tickets (docs/decisions/0011)."""

    epochs: int = 3
    rate: float = 3e-4
    head_rate: float = 2e-3
    decay: float = 0.85  # of the rate, from each layer to the one below
    smoothing: float = 0.1
    batch: int = 32  # texts
    strength: float = 10.0  # inverse penalty of the heads to begin with
    frozen: int = 2  # how many of the six layers stay as they are


SHORT = Recipe(epochs=6, strength=30.0, frozen=0)  # one short sentence, one label


def read(texts: Sequence[str], lower: Lower) -> list[Halves]:
    """What the lower half makes of texts, half precision; 3 ms and 50 KB a ticket."""
    runs = (lower.run(encoding.ids, "hidden6")[0][0] for encoding in lower.tokens(texts))
    return [hidden[0].astype(np.float16) for hidden in runs]


def tuned(hidden: Sequence[Halves], tasks: Mapping[str, Task], recipe: Recipe, seed: int) -> Tasks:
    """A trunk with heads, tuned on texts as the lower half reads them.

    The heads begin where logistic regression on the untuned vectors ends. So the first steps do
    not tear apart what the layers know.
    """
    torch.manual_seed(seed)
    trunk = Trunk()
    start = recipe.frozen
    hidden = _applied(trunk, hidden, start)
    before = vectors(trunk, hidden, start)
    outputs = {name: task.outputs for name, task in tasks.items()}
    model = Tasks(trunk, before.mean(axis=0), outputs, start)
    placed = centred(before, before.mean(axis=0))
    for name, task in tasks.items():
        _begin(model.heads[name], placed, task, recipe.strength)
    _learn(model.train(), hidden, tasks, recipe, random.Random(seed))  # noqa: S311  (no secret)
    model.eval()
    return model


def vectors(trunk: Trunk, hidden: Sequence[Halves], start: int = 0) -> Vectors:
    """Unit vectors float32 [n, 384] of texts, in batches of like length, by torch."""
    found = np.zeros((len(hidden), WIDTH), np.float32)
    trunk.eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for batch in _batches(hidden, 64, None):
            read = _padded([hidden[i] for i in batch])
            found[batch] = trunk(*read, start)[0].float().numpy()
    return found


def _applied(trunk: Trunk, hidden: Sequence[Halves], layers: int) -> list[Halves]:
    """What the first layers make of texts, once for all epochs: they will not change."""
    found = list(hidden)
    below = Layers(0)
    below.layers = trunk.upper.layers[:layers]
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for batch in _batches(hidden, 64, None) if layers else ():
            states, mask = _padded([hidden[i] for i in batch])
            for place, states_of in zip(batch, below.eval()(states, mask).float(), strict=True):
                found[place] = states_of[: len(hidden[place])].numpy().astype(np.float16)
    return found


def logits(model: Tasks, hidden: Sequence[Halves], task: str) -> Doubles:
    """What the head of a task says of texts, [n, outputs]."""
    placed = centred(vectors(model.trunk, hidden), model.mean.detach().numpy())
    with torch.inference_mode():
        said: Doubles = model.heads[task](torch.from_numpy(placed)).double().numpy()
    return said


def _begin(head: Any, placed: Vectors, task: Task, strength: float) -> None:
    """As logistic regression ends, or at nothing where all texts have one answer, or none."""
    known = (task.answers >= 0) & (task.weights > 0)
    x, y, w = placed[known].astype(np.float64), task.answers[known], task.weights[known].tolist()
    plane, bias = np.zeros((task.outputs, WIDTH)), np.zeros(task.outputs)
    if len(set(y.tolist())) > 1 and task.outputs == 1:
        plane, bias = linear.degree(x, y.tolist(), w, strength)
    elif len(set(y.tolist())) > 1:
        names = [str(place) for place in range(task.outputs)]
        plane, bias = linear.classes(x, [str(int(a)) for a in y], w, names, strength)
        bias = np.maximum(bias, bias[bias > linear.UNSEEN].min())  # the unseen like the rarest
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(plane))
        head.bias.copy_(torch.from_numpy(bias))


def _learn(
    model: Tasks,
    hidden: Sequence[Halves],
    tasks: Mapping[str, Task],
    recipe: Recipe,
    dice: random.Random,
) -> None:
    """Linear warm-up, then linear decay to nothing."""
    batches = [b for _ in range(recipe.epochs) for b in _batches(hidden, recipe.batch, dice)]
    optimizer = torch.optim.AdamW(_rates(model, recipe), weight_decay=0.01, fused=True)
    steps = len(batches)
    warm = max(1, int(WARM * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / warm, (steps - n) / max(1, steps - warm))
    )
    total = 0.0
    for number, batch in enumerate(batches, 1):
        with torch.autocast("cpu", torch.bfloat16):
            said = model(*_padded([hidden[i] for i in batch]))
        loss = sum(_loss(said[name], task, batch, recipe) for name, task in tasks.items())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if number % 50 == 0:
            print(f"  step {number} of {steps}, loss {total / 50:.4f}", flush=True)  # noqa: T201
            total = 0.0


def _rates(model: Tasks, recipe: Recipe) -> list[dict[str, Any]]:
    """Lower layers move less, the heads most; frozen ones not at all."""
    for layer in model.trunk.upper.layers[: recipe.frozen]:
        layer.requires_grad_(requires_grad=False)
    layers = [
        {"params": layer.parameters(), "lr": recipe.rate * recipe.decay ** (LAYERS - 1 - number)}
        for number, layer in enumerate(model.trunk.upper.layers)
        if number >= recipe.frozen
    ]
    return [*layers, {"params": model.heads.parameters(), "lr": recipe.head_rate}]


def _loss(said: Any, task: Task, batch: Sequence[int], recipe: Recipe) -> Any:
    """The mean over the whole batch, so that a task that few texts know stays small."""
    answers, weights = torch.from_numpy(task.answers[batch]), torch.from_numpy(task.weights[batch])
    weights = weights * (answers >= 0)
    if task.outputs == 1:
        losses = nn.functional.binary_cross_entropy_with_logits(
            said[:, 0].float(), answers.clamp_min(0.0), reduction="none"
        )
    else:
        losses = nn.functional.cross_entropy(
            said.float(),
            answers.clamp_min(0.0).long(),
            reduction="none",
            label_smoothing=recipe.smoothing,
        )
    return task.share * (losses * weights).sum() / len(batch)


def _batches(
    hidden: Sequence[Halves], most: int, dice: random.Random | None
) -> Iterator[list[int]]:
    """Texts of like length together; with dice, other neighbours each time and in random order."""
    noise = [dice.uniform(0.8, 1.2) if dice else 1.0 for _ in hidden]
    order = sorted(range(len(hidden)), key=lambda i: len(hidden[i]) * noise[i])
    batches: list[list[int]] = [[]]
    longest = 0
    for i in order:
        longest = max(longest, len(hidden[i]))
        if batches[-1] and (len(batches[-1]) == most or (len(batches[-1]) + 1) * longest > TOKENS):
            batches.append([])
            longest = len(hidden[i])
        batches[-1].append(i)
    if dice:
        dice.shuffle(batches)
    yield from batches


def _padded(texts: Sequence[Halves]) -> tuple[Any, Any]:
    longest = max(len(t) for t in texts)
    hidden = np.zeros((len(texts), longest, WIDTH), np.float32)
    mask = np.zeros((len(texts), longest), np.int64)
    for row, text in enumerate(texts):
        hidden[row, : len(text)], mask[row, : len(text)] = text, 1
    return torch.from_numpy(hidden), torch.from_numpy(mask)
