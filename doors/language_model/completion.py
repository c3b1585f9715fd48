"""A completion, or the lack of one -> what it says, and the code of what is wrong with it."""

from dataclasses import dataclass
from typing import Any

UNFINISHED = {"length": "cut_off", "content_filter": "filtered"}
DOWN = frozenset(
    {
        "timeout",
        "unreachable",
        "rate_limited",
        "server_error",
        "unauthorised",
        "rejected",
        "malformed",
    }
)
FINAL = frozenset({"unauthorised", "rejected", "filtered", "refused"})  # it would fail again
UNPAID = DOWN - {"timeout", "malformed"}


@dataclass(frozen=True, slots=True)
class Said:
    """One completion: its text or what is wrong with it, and the tokens that it took."""

    text: str = ""
    wrong: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


def said_by(completion: Any) -> Said:
    """What a completion says; a form that is none raises."""
    choice = completion.choices[0]
    usage = completion.usage
    tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
    wrong = UNFINISHED.get(choice.finish_reason, "")
    if getattr(choice.message, "refusal", None):
        wrong = "refused"
    return Said(choice.message.content or "", wrong, *tokens)


def refusal(status: int) -> str:
    """The code of an HTTP status that is no answer."""
    if status in {401, 403}:
        return "unauthorised"
    if status in {408, 409, 429}:
        return "rate_limited"
    return "rejected" if status < 500 else "server_error"  # noqa: PLR2004  (HTTP's own border)
