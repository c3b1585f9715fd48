"""Judged texts -> reliability and coverage-risk plots of their confidence, as PNG bytes."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ticketstream.learning.evaluate import BINS, SURE, Judged
from ticketstream.learning.linear import Doubles
from ticketstream.learning.said import Said

WIDE, HIGH, DPI = 3.4, 3.2, 110
BLUE, GREY = "#1f5f99", "#8a8f98"
FEWEST = 5  # texts of a bin, below which its point says nothing


def plots_of(measured: Mapping[str, Judged]) -> dict[str, bytes]:
    """By file name: both plots of everything that was measured, a panel a language."""
    files = {}
    for name, judged in measured.items():
        parts = {code: part.said for code, part in judged.languages.items()}
        files[f"{name}-reliability.png"] = reliability(parts)
        files[f"{name}-coverage-risk.png"] = coverage_risk(parts)
    return files


def reliability(parts: Mapping[str, Said]) -> bytes:
    """How often what was judged with some confidence is right: a panel a part, ten bins.

    A point on the diagonal means what it says; its size is the share of texts.
    """
    figure, panels = _figure(parts, "confidence", "share that is right")
    for panel, judged in zip(panels, parts.values(), strict=True):
        panel.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
        said, found, share = _bins(judged)
        panel.scatter(said, found, s=20 + 400 * share, color=BLUE, alpha=0.8)
        panel.set_ylim(0, 1.02)
    return _png(figure)


def coverage_risk(parts: Mapping[str, Said]) -> bytes:
    """The share that is wrong among the surest texts: a panel a part; the line is at 0.85."""
    figure, panels = _figure(parts, "share of texts, surest first", "share that is wrong")
    for panel, judged in zip(panels, parts.values(), strict=True):
        coverage, risk = risks(judged)
        panel.plot(coverage, risk, color=BLUE, linewidth=1.5)
        sure = float((judged.confidence >= SURE).mean())
        panel.axvline(sure, color=GREY, linewidth=1, linestyle="--")
        panel.set_ylim(0, None)
    return _png(figure)


def risks(judged: Said) -> tuple[Doubles, Doubles]:
    """Coverage, and the share of errors among the texts that are covered, surest first."""
    order = np.argsort(-judged.confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~judged.right[order])
    return count / len(order), wrong / count


def _bins(judged: Said) -> tuple[Doubles, Doubles, Doubles]:
    """Mean confidence, share right and share of texts of each bin that holds some."""
    place = np.minimum((judged.confidence * BINS).astype(int), BINS - 1)
    held = [place == b for b in range(BINS) if (place == b).sum() >= FEWEST]
    said = np.array([judged.confidence[h].mean() for h in held])
    found = np.array([judged.right[h].mean() for h in held])
    return said, found, np.array([h.mean() for h in held])


def _figure(parts: Mapping[str, Said], across: str, up: str) -> tuple[Figure, list[Any]]:
    figure = Figure(figsize=(WIDE * len(parts), HIGH), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(1, len(parts), squeeze=False)[0])
    for panel, (name, judged) in zip(panels, parts.items(), strict=True):
        panel.set_title(f"{name}, {len(judged.right)} texts", fontsize=10)
        panel.set_xlabel(across)
        panel.set_ylabel(up)
        panel.set_xlim(0, 1)
        panel.grid(alpha=0.3)
    return figure, panels


def _png(figure: Figure) -> bytes:
    """The bytes name no program and no time: the same judgements give the same file."""
    file = BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
