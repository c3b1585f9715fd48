"""Reviewed tickets and a policy -> thresholds with a certificate; later tickets -> does it hold?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log, sqrt

import numpy as np

from ticketstream.learning.certify.reviewed import Candidates, reviewed
from ticketstream.learning.certify.tail import lower_limit, upper_limit
from ticketstream.learning.certify.thresholds import Floats, Level, Tested, find_threshold
from ticketstream.schemas.policy import Policy

QUANTILES = tuple(step / 20 for step in range(21))  # of the confidences, kept to see them move
FEW = 200  # tickets below which nothing is said of drift in the mix
CHANCE = 0.001  # how often drift is seen where there is none
MOVED = 0.1  # a distance of distributions below this is no drift, however sure


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was shown, on which tickets.

    With a probability of at least 1 - delta over the reviewed tickets, of each certified intent's
    automatic replies at most alpha are wrong, as long as tickets come as they did.

    Attributes:
        policy: hash of the policy that it speaks of.
        chosen: the thresholds were chosen on these very tickets (and the test allows for that);
            else they were given.
        intents: what was shown of each.
        set_id: of the reviewed tickets; `since` and `until` are of the first and the last.
        confidences: quantiles of all candidates' confidences, judged or not.
        shares: of the intents among the candidates.
    """

    policy: str
    alpha: float
    delta: float
    chosen: bool
    intents: Mapping[str, Tested]
    set_id: str
    size: int
    since: datetime
    until: datetime
    candidates: int
    confidences: tuple[float, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def certified(self) -> Mapping[str, Tested]:
        return {i: t for i, t in self.intents.items() if t.verdict == "certified"}


@dataclass(frozen=True, slots=True)
class Drift:
    """A sign that tickets no longer come as they did."""

    what: str
    before: float
    now: float


def choose(found: Candidates, policy: Policy, level: Level) -> dict[str, Tested]:
    """For each intent that the whitelist names, the lowest threshold with the guarantee.

    Intents share delta, so that the guarantee is of all of them together.
    """
    sample, lowest = reviewed(found)
    intents = sorted({pair.intent for pair in policy.whitelist})
    each = Level(level.alpha, level.delta / max(1, len(intents)))
    parts = {intent: sample.of(intent) for intent in intents}
    return {i: find_threshold(p.confidence, p.right, each, lowest) for i, p in parts.items()}


def given(found: Candidates, policy: Policy, level: Level) -> dict[str, Tested]:
    """What the tickets show of thresholds that were not chosen by looking at them."""
    sample, lowest = reviewed(found)
    intents = sorted({pair.intent for pair in policy.whitelist})
    share = level.delta / max(1, len(intents))
    shown = {}
    for intent in intents:
        part = sample.of(intent)
        threshold = policy.intent_thresholds.get(intent, policy.thresholds.auto_reply)
        above = part.where(part.confidence >= threshold)
        wrong, size = int((~above.right).sum()), len(above)
        limit = upper_limit(wrong, size, share) if threshold > lowest else 1.0
        holds = limit <= level.alpha
        shown[intent] = Tested("certified" if holds else "unclear", threshold, size, wrong, limit)
    return shown


def proposed(policy: Policy, intents: Mapping[str, Tested], name: str) -> Policy:
    """The policy with the certified thresholds; pairs of other intents leave the whitelist."""
    kept = {i: t.threshold for i, t in intents.items() if t.verdict == "certified"}
    others = {i: t for i, t in policy.intent_thresholds.items() if i not in intents}
    suggested = {
        intent: min(threshold, kept.get(intent, 1.0))
        for intent, threshold in policy.intent_suggestion_thresholds.items()
    }
    lowered = {
        i: t for i, t in kept.items() if t < policy.thresholds.suggestion and i not in suggested
    }
    return replace(
        policy,
        version=name,
        intent_thresholds=others | kept,
        intent_suggestion_thresholds=suggested | lowered,
        whitelist=tuple(pair for pair in policy.whitelist if pair.intent in kept),
    )


def certificate(
    found: Candidates,
    intents: Mapping[str, Tested],
    policy_hash: str,
    level: Level,
    *,
    chosen: bool,
) -> Certificate:
    """The certificate of what was shown."""
    sample, _ = reviewed(found)
    since, until = sample.span
    counts = Counter(found.intent)
    return Certificate(
        policy=policy_hash,
        alpha=level.alpha,
        delta=level.delta,
        chosen=chosen,
        intents=intents,
        set_id=sample.digest,
        size=len(sample),
        since=since,
        until=until,
        candidates=len(found),
        confidences=tuple(np.quantile(found.confidence, QUANTILES).round(6).tolist()),
        shares={name: count / len(found) for name, count in sorted(counts.items())},
    )


def drifts(of: Certificate, later: Candidates) -> list[Drift]:
    """What has changed in the tickets since; each sign alone is rarely seen where nothing has."""
    return [*_mistakes(of, later), *(_mix(of, later) if len(later) >= FEW else [])]


def _mistakes(of: Certificate, later: Candidates) -> list[Drift]:
    sample, _ = reviewed(later)
    found = []
    for intent, shown in of.certified.items():
        part = sample.of(intent)
        above = part.where(part.confidence >= shown.threshold)
        wrong = int((~above.right).sum())
        if lower_limit(wrong, len(above), CHANCE) > of.alpha:
            found.append(Drift(f"mistakes in {intent}", of.alpha, wrong / len(above)))
    return found


def _mix(of: Certificate, later: Candidates) -> list[Drift]:
    """Kolmogorov-Smirnov on the confidences, total variation on the intents."""
    found = []
    apart = _distance(of.confidences, later.confidence)
    noise = sqrt(-log(CHANCE / 2) / 2 * (1 / of.candidates + 1 / len(later)))
    if apart > max(MOVED, noise):
        middle = float(np.median(later.confidence))
        found.append(Drift("confidences", of.confidences[len(QUANTILES) // 2], middle))
    counts = Counter(later.intent)
    now = {name: count / len(later) for name, count in counts.items()}
    moved = sum(abs(now.get(n, 0.0) - of.shares.get(n, 0.0)) for n in {*now, *of.shares}) / 2
    if moved > max(MOVED, noise * sqrt(len({*now, *of.shares}))):
        name = max({*now, *of.shares}, key=lambda n: abs(now.get(n, 0) - of.shares.get(n, 0)))
        found.append(Drift(f"share of {name}", of.shares.get(name, 0.0), now.get(name, 0.0)))
    return found


def _distance(quantiles: Sequence[float], now: Floats) -> float:
    """The largest gap between then and now, at the quantiles that were kept."""
    below = np.searchsorted(np.sort(now), quantiles, "right") / len(now)
    above = np.searchsorted(np.sort(now), quantiles, "left") / len(now)
    levels = np.array(QUANTILES)
    gaps = np.maximum(above - levels, levels - below)
    return float(np.maximum(gaps, 0.0).max())
