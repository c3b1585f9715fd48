"""The trunk in torch: the encoder's upper six layers, and while it learns a head a task."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from ticketstream.learning.e5 import WIDTH, pretrained

LAYERS = 6
TINY = 1e-9


class Trunk(nn.Module):
    """hidden6 [batch, tokens, 384] and its mask -> unit vectors of texts, vectors of tokens.

    The outputs are those of the encoder's own upper half.
    """

    def __init__(self) -> None:
        super().__init__()
        self.upper = pretrained(LAYERS)

    def forward(self, hidden6: Any, attention_mask: Any) -> Any:
        tokens = self.upper(hidden6, attention_mask)
        read = attention_mask[:, :, None].to(tokens.dtype)
        mean = (tokens * read).sum(1) / read.sum(1)
        return mean / mean.norm(dim=1, keepdim=True), tokens


class Tasks(nn.Module):
    """A trunk with a linear head a task on the vector that the shipped heads see: centred, unit."""

    def __init__(self, trunk: Trunk, mean: Any, outputs: Mapping[str, int]) -> None:
        super().__init__()
        self.trunk = trunk
        self.mean = nn.Parameter(torch.as_tensor(mean), requires_grad=False)
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTH, n) for name, n in outputs.items()})
        self.drop = nn.Dropout(0.1)

    def forward(self, hidden6: Any, attention_mask: Any) -> Any:
        vectors = self.trunk(hidden6, attention_mask)[0].float() - self.mean
        unit = self.drop(vectors / vectors.norm(dim=1, keepdim=True).clamp_min(TINY))
        return {name: head(unit) for name, head in self.heads.items()}
