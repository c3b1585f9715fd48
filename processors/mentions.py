"""A text, its scores -> the pair of labels that stands: none that rests on a mere mention.

A model hears "lawyer" and takes a friend's profession for a threat. Where the phrases of a class
say that its words are only mentioned (`lexicon.mentions`), the labels which such words suggest
(`[suggests]` in `wording.toml`) do not stand: the best pair beside them does, and its confidence
is what the scores leave for it, little, so a person reads the ticket first. The scores stay.
"""

from collections.abc import Sequence

import numpy as np

from ticketstream.processors.heads import Floats, Judgement
from ticketstream.processors.label_prompt import Pair
from ticketstream.processors.lexicon import Phrases, fold, mentions, shipped_suggestions
from ticketstream.processors.taxonomy import LEGAL, Labels


def standing(judged: Judgement, text: str, phrases: Phrases, labels: Labels) -> Pair:
    """The best pair of labels; where that rests on a mere mention, the best beside it."""
    best = _best(judged.scores, judged.intent_scores, labels)
    classes = _classes(best, labels)
    if not _only_mentioned(text, classes, phrases):
        return best
    category = labels.category_of[best.sub_category]
    elsewhere = [labels.category_of[sub] != category for sub in labels.sub_categories]
    barred = {intent for name in classes for intent in shipped_suggestions()[name]["intents"]}
    left = np.where(elsewhere, judged.scores, -np.inf)
    wishes = [intent not in barred for intent in labels.intents]
    return _best(left, np.where(wishes, judged.intent_scores, -np.inf), labels)


def heard(scores: Floats, said: Sequence[str], phrases: Phrases, labels: Labels) -> Floats:
    """Scores of sentences, [sentences, labels]: flat where a demand rests on a mere mention."""
    names = [labels.sub_categories[place] for place in scores.argmax(axis=1)]
    classes = [_classes(Pair(name, ""), labels) for name in names]
    flat = [_only_mentioned(*found, phrases) for found in zip(said, classes, strict=True)]
    return np.where(np.array(flat, np.bool_)[:, None], np.float32(0), scores)


def _classes(best: Pair, labels: Labels) -> list[str]:
    """The classes whose words suggest a pair; what is of the law's category, whatever its intent.

    `cancel_order` with a question or thanks is no cancellation, and needs no second look.
    """
    legal = labels.category_of[best.sub_category] == LEGAL
    return [
        name
        for name, suggested in shipped_suggestions().items()
        if best.sub_category in suggested["sub_categories"]
        and (legal or best.intent in suggested["intents"])
    ]


def _only_mentioned(text: str, classes: Sequence[str], phrases: Phrases) -> bool:
    if not classes:
        return False
    wanted = {name: phrases[name] for name in classes if name in phrases}
    spoken = mentions(fold(text), wanted).values()
    return "mentioned" in spoken and "meant" not in spoken


def _best(scores: Floats, intent_scores: Floats, labels: Labels) -> Pair:
    return Pair(labels.sub_categories[scores.argmax()], labels.intents[intent_scores.argmax()])
