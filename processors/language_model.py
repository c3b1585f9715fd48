"""The port to a language model: prompts in, replies out; what is behind it stands at a door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Accepts = Callable[[str], str]  # an answer's text -> "" or the code of what is wrong with it


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages by role, and the JSON schema that the answer has to fit."""

    messages: tuple[Mapping[str, str], ...]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one prompt.

    Attributes:
        reason: the code of why there is no answer; empty where there is one.
        text: the answer, accepted; empty otherwise.
        attempts: requests that were sent; 0 means that nothing left the house.
        cost: in EUR, of all attempts.
    """

    status: Literal["answered", "failed", "over_budget", "circuit_open"]
    reason: str = ""
    text: str = ""
    attempts: int = 0
    latency_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class LanguageModel(Protocol):
    """A language model within its budget; it never raises for what an endpoint does."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str:
        """Changes with all that can change an answer: model, parameters."""

    def ask(self, prompts: Sequence[Prompt], accepts: Accepts, seen: int) -> list[Reply]:
        """A reply to each prompt, in order, within a bounded time.

        Args:
            prompts: the ones that matter most first: they get what is left of the budget.
            accepts: an answer that it does not accept is asked for once more.
            seen: how many tickets these were picked from; the budget is a share of them.
        """
