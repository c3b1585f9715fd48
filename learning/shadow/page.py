"""The numbers of a shadow report, a language, labels -> one HTML page that needs nothing else."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from ticketstream.learning.pages import page as pages
from ticketstream.learning.replay.compare import CARE
from ticketstream.learning.shadow.agreement import Confused, Report
from ticketstream.learning.shadow.words import (
    UNNAMED,
    WORDS,
    band,
    because,
    differences,
    left_out,
    pair,
    sent,
    verdict,
    way,
)
from ticketstream.processors.taxonomy import Labels, Tongue


def page(result: Report, tongue: Tongue, labels: Labels) -> str:
    """The page."""
    called = partial(labels.called, tongue=tongue)
    return pages.page(
        "shadow/page.html",
        WORDS,
        tongue,
        r=result,
        sent=sent(result, tongue),
        left=left_out(result),
        called=called,
        band=partial(band, tongue=tongue),
        pair=partial(pair, tongue=tongue, labels=labels),
        verdict=partial(verdict, bar=result.bar, tongue=tongue),
        because=partial(because, tongue=tongue),
        differences=partial(differences, tongue=tongue, labels=labels),
        categories=_matrix(result.categories, labels.categories, called),
        routes=_matrix(result.routes, (*CARE, *UNNAMED), partial(way, tongue=tongue)),
    )


def _matrix(
    pairs: Sequence[Confused], order: Iterable[str], called: Callable[[str], str]
) -> pages.Heat:
    """What occurs of an order, and behind it what an agent named that is not in it."""
    counts = {(c.ours, c.theirs): c.tickets for c in pairs}
    place = {code: n for n, code in enumerate(order)}

    def side(codes: set[str]) -> dict[str, str]:
        ordered = sorted(codes, key=lambda code: (place.get(code, len(place)), code))
        return {code: called(code) for code in ordered}

    return pages.heat(counts, side({o for o, _ in counts}), side({t for _, t in counts}))
