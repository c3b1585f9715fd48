"""Classified tickets -> what the rules look at, as arrays with one entry a ticket.

The same arrays come out of an archive's columns, so one rule decides one ticket and a million.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ticketstream.schemas.classified import ANSWERED, TicketClassified

V = TypeVar("V", bound=Hashable)
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ids = NDArray[np.uint8]  # 16 bytes a row
UNKNOWN = float("nan")  # no comparison with it holds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Coded(Generic[V]):
    """A column of few distinct values, as Parquet's dictionary columns are.

    Attributes:
        codes: each row's place in the vocabulary.
        vocabulary: the values; one may stand there twice.
    """

    codes: NDArray[np.integer[Any]]
    vocabulary: Sequence[V]

    @classmethod
    def of(cls, values: Iterable[V]) -> Self:
        places: dict[V, int] = {}
        codes = [places.setdefault(value, len(places)) for value in values]
        return cls(np.array(codes, np.int32), tuple(places))

    def where(self, holds: Callable[[V], bool]) -> Mask:
        """The rows whose value fulfils a condition, which is asked once a value."""
        fulfils: Mask = np.array([holds(value) for value in self.vocabulary], np.bool_)
        return fulfils.take(self.codes)

    def mapped(self, numbers: Mapping[V, float], default: float) -> Floats:
        """Each row's number by its value."""
        by_value: Floats = np.array([numbers.get(v, default) for v in self.vocabulary], np.float64)
        return by_value.take(self.codes)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the rules look at, and shop and time to cut and group by.

    Amounts, counts and scores that are unknown are NaN. `triggers` has a row's classes as one
    value; `secondary` counts further requests; `unmeasured` says that a second opinion answered
    whose share of right answers nobody measured; `occurred_at` is in microseconds since 1970.
    """

    event_id: Ids
    occurred_at: NDArray[np.int64]
    shop: Coded[str]
    language: Coded[str]
    category: Coded[str]
    sub_category: Coded[str]
    intent: Coded[str]
    auto_submitted: Coded[str]
    payment: Coded[str]
    triggers: Coded[tuple[str, ...]]
    confidence: Floats
    anger: Floats
    injection: Floats
    spam: Floats
    out_of_scope: Floats
    customer_value: Floats
    order_amount: Floats
    case_tickets: Floats
    secondary: NDArray[np.integer[Any]]
    unmeasured: Mask

    def __len__(self) -> int:
        return len(self.confidence)


def columns_of(tickets: Sequence[TicketClassified]) -> Columns:
    """The columns of some tickets."""
    facts = [ticket.facts for ticket in tickets]
    return Columns(
        event_id=ids(t.event_id.bytes for t in tickets),
        occurred_at=np.array([(t.occurred_at - EPOCH) // MICROSECOND for t in tickets], np.int64),
        shop=Coded.of(t.shop for t in tickets),
        language=Coded.of(t.language.code for t in tickets),
        category=Coded.of(t.category for t in tickets),
        sub_category=Coded.of(t.sub_category for t in tickets),
        intent=Coded.of(t.intent for t in tickets),
        auto_submitted=Coded.of(t.auto_submitted for t in tickets),
        payment=Coded.of(f.payment for f in facts),
        triggers=Coded.of(t.triggers for t in tickets),
        confidence=_floats(t.confidence for t in tickets),
        anger=_floats(t.sentiment.anger for t in tickets),
        injection=_floats(t.injection for t in tickets),
        spam=_floats(t.spam for t in tickets),
        out_of_scope=_floats(t.out_of_scope for t in tickets),
        customer_value=_floats(f.customer_value for f in facts),
        order_amount=_floats(f.order_amount for f in facts),
        case_tickets=_floats(f.tickets_30d_same_case for f in facts),
        secondary=np.array([len(t.secondary) for t in tickets], np.int32),
        unmeasured=np.array([_unmeasured(t) for t in tickets], np.bool_),
    )


def ids(raw: Iterable[bytes]) -> Ids:
    """Ids of 16 bytes each as rows."""
    return np.frombuffer(b"".join(raw), np.uint8).reshape(-1, 16)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([UNKNOWN if value is None else value for value in values], np.float64)


def _unmeasured(ticket: TicketClassified) -> bool:
    opinion = ticket.second_opinion
    return opinion is not None and opinion.status in ANSWERED and not opinion.calibration
