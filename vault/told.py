"""What a shop told about a ticket -> its facts: only what is the sender's own counts.

Anybody can type a number. So a customer counts when upstream vouches for the number or the address
is the customer's, and an order counts when it is such a customer's: what belongs to somebody else
raises no route and shows no amount.

The records are checked by pydantic where they come from outside (`vault/shop_http.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, Field, with_config

from ticketstream.schemas.masked import Facts, PaymentMethod, PaymentState
from ticketstream.vault.ports import Identifiers, Question

T = TypeVar("T")
# currencies go on in the clear, so nothing else may stand in their place
Currency = Annotated[str, Field(pattern="^([A-Z]{3})?$")]


@with_config(allow_inf_nan=False)
@dataclass(frozen=True, slots=True)
class ToldPayment:
    """How an order is paid; `due` is what is still owed, None where the shop does not say."""

    state: PaymentState
    method: PaymentMethod = ""
    due: float | None = None


@with_config(allow_inf_nan=False)
@dataclass(frozen=True, slots=True)
class ToldOrder:
    """An order by its number, and whose it is."""

    number: str
    customer_id: str
    amount: float | None = None
    currency: Currency = ""
    placed_at: AwareDatetime | None = None
    payment: ToldPayment | None = None


@with_config(allow_inf_nan=False)
@dataclass(frozen=True, slots=True)
class ToldCustomer:
    """A customer by number, with the addresses that the shop has seen itself."""

    customer_id: str
    addresses: tuple[str, ...] = ()
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The customers and orders behind the numbers and the address of one question."""

    customers: tuple[ToldCustomer, ...]
    orders: tuple[ToldOrder, ...]


def facts_of(question: Question, told: Told) -> Facts:
    """What is known of a ticket; what upstream said wins."""
    who = question.identifiers
    own = [c for c in told.customers if _is_sender(c, who)]
    numbers = {plain(c.customer_id) for c in own}
    orders = [o for o in told.orders if plain(o.customer_id) in numbers and _is_named(o, who)]
    return _facts(
        question,
        _meant(own, who),
        max(orders, key=lambda o: o.amount or 0.0, default=None),
        "not the sender's" if told.customers else "not found",
        _why_no_order(who, told),
    )


def nothing_told(question: Question, reason: str) -> Facts:
    """The facts that came with the event; what it lacks is unknown, for `reason`."""
    return _facts(question, None, None, reason, reason)


def plain(text: str) -> str:
    """An address or number as it is compared."""
    return text.strip().lower()


def _is_sender(customer: ToldCustomer, who: Identifiers) -> bool:
    by_address = who.address.strip() and plain(who.address) in map(plain, customer.addresses)
    by_number = who.customer_id.strip() and plain(who.customer_id) == plain(customer.customer_id)
    return bool(by_address or by_number)


def _is_named(order: ToldOrder, who: Identifiers) -> bool:
    return plain(order.number) in map(plain, who.order_numbers)


def _meant(own: Sequence[ToldCustomer], who: Identifiers) -> ToldCustomer | None:
    """Of the sender's accounts the one that upstream named, else the one that the text names."""

    def rank(customer: ToldCustomer) -> tuple[bool, bool, float]:
        number = plain(customer.customer_id)
        vouched, claimed = plain(who.customer_id), plain(who.claimed_customer_id)
        return number == vouched, number == claimed, customer.value or 0.0

    return max(own, key=rank, default=None)


def _why_no_order(who: Identifiers, told: Told) -> str:
    if not who.order_numbers:
        return "no order named"
    named = any(_is_named(o, who) for o in told.orders)
    return "not the sender's" if named else "not found"


def _facts(
    question: Question,
    customer: ToldCustomer | None,
    order: ToldOrder | None,
    no_customer: str,
    no_order: str,
) -> Facts:
    given, given_order = question.identifiers.customer, question.identifiers.order
    value = _first(given.value if given else None, customer.value if customer else None)
    amount = _first(given_order.amount if given_order else None, order.amount if order else None)
    placed = _first(
        given_order.placed_at if given_order else None, order.placed_at if order else None
    )
    given_currency = given_order.currency if given_order else ""
    paid = order.payment if order and order.payment else ToldPayment("")
    no_value = no_customer if customer is None else "not told"
    no_detail = no_order if order is None else "not told"
    missing = {
        "customer_value": no_value if value is None else "",
        "order_amount": no_detail if amount is None else "",
        "order_age_days": no_detail if placed is None else "",
        "payment": "" if paid.state else no_detail,
    }
    return Facts(
        customer_value=value,
        order_amount=amount,
        currency=given_currency or (order.currency if order else ""),
        # clocks differ: an order that was placed a minute after the mail is of this day
        order_age_days=None if placed is None else max((question.at - placed).days, 0),
        payment=paid.state,
        payment_method=paid.method,
        payment_due=paid.due,
        unknown=tuple(f"{name}: {reason}" for name, reason in missing.items() if reason),
    )


def _first(given: T | None, told: T | None) -> T | None:
    return told if given is None else given
