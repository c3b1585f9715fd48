"""Rows of the archive -> the tickets a machine might answer whose outcome an agent judged."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from ticketstream.learning.certify.thresholds import Bools, Floats
from ticketstream.learning.counterfactual.archived import last_of
from ticketstream.learning.replay.stored import NEEDED, Wanted, columns_in, within
from ticketstream.processors.decision.decide import decide
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.schemas.policy import Policy

AUTO, SUGGESTION = ROUTES.index("auto_reply"), "agent_suggestion"
HARMFUL = 0.3  # an edit of more than this share of the text says that the draft was not right
JUDGED = frozenset({"sent_unchanged", "edited", "rejected"})  # actions on a draft that was there
WRONG = frozenset({"rejected", "reclassified", "rerouted", "escalated"})
FEATURES = (*NEEDED, "eligible", "routed_at")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Tickets that the policy would answer by itself if it were sure enough.

    Attributes:
        occurred_at: in microseconds since 1970.
        chance: with what probability each went to a person with a draft, as the log says.
        judged: an agent used, changed or rejected the draft.
        right: right label, right route, no rejection, no harmful edit; False where not judged.
    """

    ids: tuple[str, ...]
    occurred_at: npt.NDArray[np.int64]
    intent: tuple[str, ...]
    confidence: Floats
    chance: Floats
    judged: Bools
    right: Bools

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, mask: Bools) -> "Candidates":
        """Some of them."""
        places = np.flatnonzero(mask)
        return Candidates(
            tuple(self.ids[i] for i in places),
            self.occurred_at[places],
            tuple(self.intent[i] for i in places),
            self.confidence[places],
            self.chance[places],
            self.judged[places],
            self.right[places],
        )

    def of(self, intent: str) -> "Candidates":
        """Those of one intent."""
        return self.where(np.array([name == intent for name in self.intent], np.bool_))

    @property
    def digest(self) -> str:
        """An id of the set: which tickets, how sure, how they were judged."""
        rows = zip(self.ids, self.confidence.tolist(), self.right.tolist(), strict=True)
        told = "\n".join(f"{i} {c:.6f} {r:d}" for i, c, r in sorted(rows))
        return sha256(told.encode()).hexdigest()[:16]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When the first and the last of them were received."""
        edges = (int(self.occurred_at.min()), int(self.occurred_at.max()))
        first, last = (datetime.fromtimestamp(at / 1e6, UTC) for at in edges)
        return first, last


def candidates(decisions: Any, outcomes: Any, policy: Policy, wanted: Wanted) -> Candidates:
    """The candidates among the rows that are asked for.

    Args:
        decisions: rows of the archive of which `FEATURES` is there.
        outcomes: its rows of `agent.edited`.
        policy: its rules and whitelist say what a machine might answer, whatever its thresholds.
        wanted: which decisions.
    """
    known = within(decisions, wanted)
    known = known.filter(pc.and_(pc.invert(known["erased"]), pc.is_valid(known["route"])))
    # a ticket that a newer model judged again has one outcome, and must not count twice
    known = last_of(known, "routed_at")
    columns = columns_in(known)
    open_to = np.asarray(decide(columns, _willing(policy), _no_draws).undrawn == AUTO, np.bool_)
    judged = _judgements(outcomes)
    tickets = known["ticket_id"].to_pylist()
    found = [judged.get(ticket) for ticket in tickets]
    intents = np.array(columns.intent.vocabulary, object)[columns.intent.codes]
    return Candidates(
        ids=tuple(known["event_id"].to_pylist()),
        occurred_at=columns.occurred_at,
        intent=tuple(intents.tolist()),
        confidence=columns.confidence,
        chance=_chances(known["eligible"]),
        judged=np.array([each is not None for each in found], np.bool_),
        right=np.array([bool(each) for each in found], np.bool_),
    ).where(open_to)


def reviewed(found: Candidates) -> tuple[Candidates, float]:
    """The judged ones as a fair sample of all candidates, and the least confidence that it covers.

    Some went to a person by lot only (the audit of what is sent), some always. Of the latter as
    many are left out by a keyed draw as makes every ticket equally likely to be in the sample: no
    weights, so the exact test holds. Where a ticket could not go to a person at all nothing is
    known, so no threshold below the surest of these is tested.
    """
    reachable = found.chance > 0
    lowest = float(found.confidence[~reachable].max()) if (~reachable).any() else 0.0
    if not reachable.any():
        return found.where(reachable), 1.0
    least = float(found.chance[reachable].min())
    drawn = np.array([_lot(i) for i in found.ids]) < least / np.maximum(found.chance, least)
    return found.where(reachable & found.judged & drawn & (found.confidence > lowest)), lowest


def _willing(policy: Policy) -> Policy:
    """The same policy if it were sure of everything, without draws, live."""
    return replace(
        policy,
        mode="live",
        kill_switch=False,
        audit_rate=0.0,
        exploration_rate=0.0,
        intent_thresholds={},
        intent_suggestion_thresholds={},
        thresholds=replace(policy.thresholds, auto_reply=0.0, suggestion=0.0),
    )


def _no_draws(ids: Any, _purpose: str) -> Floats:
    return np.ones(len(ids))


def _judgements(outcomes: Any) -> Mapping[str, bool]:
    """Ticket -> whether its draft was right; the latest word counts."""
    names = ("ticket_id", "recorded_at", "actions", "edit_distance", "erased")
    labels = tuple(
        f"{label}_{when}" for label in ("sub_category", "intent") for when in ("before", "after")
    )
    rows = outcomes.select([*names, *labels]).sort_by([("recorded_at", "ascending")]).to_pylist()
    found: dict[str, bool] = {}
    for row in rows:
        did = frozenset(row["actions"] or ())
        if row["erased"] or not did & JUDGED:
            continue
        moved = any(
            row[f"{label}_after"] and row[f"{label}_after"] != row[f"{label}_before"]
            for label in ("sub_category", "intent")
        )
        harmful = (row["edit_distance"] or 0.0) > HARMFUL
        found[row["ticket_id"]] = not (did & WRONG or moved or harmful)
    return found


def _chances(eligible: Any) -> Floats:
    """The stored probability that each went to a person with a draft."""
    maps = eligible.to_pylist()
    return np.array([dict(m or ()).get(SUGGESTION, 0.0) for m in maps], np.float64)


def _lot(name: str) -> float:
    digest = blake2b(f"certify/{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
