"""The entity model in torch: upper layers of the encoder and a head of labels; training only."""

from typing import Any

from torch import nn

from ticketstream.learning.e5 import WIDTH, pretrained


class Tagger(nn.Module):
    """hidden6 [batch, tokens, 384] and its mask -> logits [batch, tokens, labels]."""

    def __init__(self, layers: int, labels: int) -> None:
        super().__init__()
        self.upper = pretrained(layers)
        self.head = nn.Linear(WIDTH, labels)

    def forward(self, hidden6: Any, attention_mask: Any) -> Any:
        return self.head(self.upper(hidden6, attention_mask))
