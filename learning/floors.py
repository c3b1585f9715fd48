"""Floors and what a training measured -> what a model misses, each with its figures."""

from collections.abc import Iterator, Mapping
from typing import Any

from ticketstream.schemas.policy import Floors

MEASURED = "held_out_seeds"  # scores of texts that were not learned from
NAMES = {
    "category": "category",
    "sub_category": "sub_category",
    "precision": "right_when_sure",
    "covered": "covered",
}
# there is no figure where nothing was sure (nothing would be sent) and where sets go by probability
OPTIONAL = ("precision", "covered")


def missed(floors: Floors, manifest: Mapping[str, Any]) -> list[str]:
    """What keeps a model from being promoted, a line each; nothing for a good one.

    Args:
        floors: of the policy that the model would decide under.
        manifest: of the model's folder, with the scores of its training.
    """
    scores = manifest.get("scores", {}).get(MEASURED, {})
    if "all" not in scores:
        return ["it has no scores on held-out texts: train it with `ticketstream model train`"]
    lines = [line for part, figures in scores.items() for line in _missed(floors, part, figures)]
    if (texts := scores["all"].get("size", 0)) < floors.texts:
        lines.insert(0, f"{texts} held-out texts, the floor is {floors.texts}")
    return lines


def _missed(floors: Floors, part: str, figures: Mapping[str, Any]) -> Iterator[str]:
    for measured, name in NAMES.items():
        floor, figure = getattr(floors, name), figures.get(measured)
        if figure is None and measured not in OPTIONAL:
            yield f"{part}: {name} was not measured"
        elif figure is not None and figure < floor:
            yield f"{part}: {name} is {figure:.3f}, the floor is {floor:.3f}"
    ece = figures.get("ece")
    if ece is None:
        yield f"{part}: ece was not measured"
    elif ece > floors.ece:
        yield f"{part}: ece is {ece:.3f}, at most {floors.ece:.3f} is allowed"
