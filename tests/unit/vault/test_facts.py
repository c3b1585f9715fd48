"""What the shop's own database knows; what it does not know is unknown, with its reason."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.received import Customer, Order
from ticketstream.vault.facts import NoShop, SqliteShop, load_sample_shop
from ticketstream.vault.ports import Identifiers, Question

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LENA = "lena@mail.example"


def customer(number: str, address: str, value: float) -> dict[str, Any]:
    return {"customer_id": number, "address": address, "value": value, "currency": "EUR",
            "since": "2024-01-01"}  # fmt: skip


def order(number: str, whose: str, amount: float, day: int) -> dict[str, Any]:
    return {"number": number, "customer_id": whose, "amount": amount, "currency": "EUR",
            "placed_at": f"2026-11-{day}T00:00:00+00:00"}  # fmt: skip


def payment(number: str, status: str, amount: float, day: int, how: str = "card") -> dict[str, Any]:
    return {"order": number, "status": status, "amount": amount, "method": how,
            "at": f"2026-11-{day}T01:00:00+01:00"}  # fmt: skip


CUSTOMERS = [
    customer("C-1", "Lena@mail.example", 840.5),
    customer("C-2", "otto@mail.example", 10.0),
    customer("C-3", "lena@mail.example", 5.0),
]
ORDERS = [
    order("KB-1", "C-1", 99.0, 13),
    order("KB-2", "C-1", 700.0, 20),
    order("KB-3", "C-2", 50.0, 20),
    order("KB-4", "C-2", 60.0, 20),
    order("KB-5", "C-2", 70.0, 20),
    order("KB-6", "C-2", 80.0, 20),
]
PAYMENTS = [
    payment("KB-1", "failed", 99.0, 13),
    payment("KB-1", "paid", 60.0, 14, "invoice"),
    payment("KB-2", "paid", 700.0, 20, "seashells"),
    payment("KB-3", "paid", 50.0, 20),
    payment("KB-3", "refunded", 50.0, 21),
    payment("KB-4", "paid", 60.0, 20, "paypal"),
    payment("KB-4", "chargeback", 60.0, 22, "paypal"),
    payment("KB-5", "paid", 70.0, 20),
    payment("KB-5", "refunded", 20.0, 21),
]


@pytest.fixture
def shop(tmp_path: Path) -> SqliteShop:
    tables = {"customers": CUSTOMERS, "orders": ORDERS, "payments": PAYMENTS}
    for name, rows in tables.items():
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(orjson.dumps(r) for r in rows))
    load_sample_shop(tmp_path, tmp_path / "shop.db")
    load_sample_shop(tmp_path, tmp_path / "shop.db")  # again changes nothing
    return SqliteShop(tmp_path / "shop.db")


def ask(shop: SqliteShop, who: Identifiers, at: datetime = NOW) -> Facts:
    (facts,) = shop.facts([Question("kestrel", who, at)])
    return facts


def test_a_customer_is_found_by_address_whatever_its_capitals(shop: SqliteShop) -> None:
    facts = ask(shop, Identifiers("LENA@mail.example"))
    assert facts.customer_value == 840.5
    assert facts.unknown == (
        "order_amount: no order named",
        "order_age_days: no order named",
        "payment: no order named",
    )


def test_the_dearest_of_the_named_orders_counts(shop: SqliteShop) -> None:
    facts = ask(shop, Identifiers(LENA, order_numbers=("KB-1", "KB-2")))
    assert (facts.order_amount, facts.currency, facts.order_age_days) == (700.0, "EUR", 3)
    assert facts.unknown == ()


def test_a_strangers_order_number_raises_nothing_and_shows_nothing(shop: SqliteShop) -> None:
    facts = ask(shop, Identifiers("otto@mail.example", order_numbers=("KB-2",)))
    assert (facts.order_amount, facts.currency, facts.payment) == (None, "", "")
    assert "order_amount: not the sender's" in facts.unknown


@pytest.mark.parametrize("address", ["", "otto@mail.example", "stranger@mail.example"])
def test_a_customer_number_that_was_only_typed_raises_nothing(
    shop: SqliteShop, address: str
) -> None:
    typed = Identifiers(address, order_numbers=("KB-2",), claimed_customer_id="C-1")
    facts = ask(shop, typed)
    assert facts.customer_value == (10.0 if "otto" in address else None)
    assert (facts.order_amount, facts.payment) == (None, "")
    if "otto" not in address:
        assert facts.unknown[0] == "customer_value: not the sender's"


def test_a_customer_number_that_upstream_vouches_for_opens_orders_from_any_address(
    shop: SqliteShop,
) -> None:
    facts = ask(shop, Identifiers("new@mail.example", "C-1", ("KB-2",)))
    assert (facts.customer_value, facts.order_amount) == (840.5, 700.0)


def test_of_two_accounts_of_one_address_the_typed_number_says_which(shop: SqliteShop) -> None:
    assert ask(shop, Identifiers(LENA)).customer_value == 840.5
    assert ask(shop, Identifiers(LENA, claimed_customer_id="c-3 ")).customer_value == 5.0
    both = Identifiers(LENA, "C-1", claimed_customer_id="C-3")
    assert ask(shop, both).customer_value == 840.5


@pytest.mark.parametrize(
    ("number", "paid"),
    [
        ("KB-3", ("refunded", "card", 0.0)),
        ("KB-4", ("chargeback", "paypal", 0.0)),
        ("KB-5", ("paid", "card", 0.0)),
        ("KB-6", ("", "", None)),
    ],
)
def test_payments_of_an_order_are_one_state(
    shop: SqliteShop, number: str, paid: tuple[str, str, float | None]
) -> None:
    facts = ask(shop, Identifiers("otto@mail.example", order_numbers=(number,)))
    assert (facts.payment, facts.payment_method, facts.payment_due) == paid
    assert ("payment: not told" in facts.unknown) == (not paid[0])


def test_what_is_still_owed_is_told_and_the_method_is_a_word_never_a_number(
    shop: SqliteShop,
) -> None:
    part = ask(shop, Identifiers(LENA, order_numbers=("KB-1",)))
    assert (part.payment, part.payment_method, part.payment_due) == ("open", "invoice", 39.0)
    assert ask(shop, Identifiers(LENA, order_numbers=("KB-2",))).payment_method == "other"


def test_payments_count_as_of_the_tickets_receipt(shop: SqliteShop) -> None:
    who = Identifiers("otto@mail.example", order_numbers=("KB-4",))
    assert ask(shop, who, datetime(2026, 11, 21, tzinfo=UTC)).payment == "paid"
    assert ask(shop, who).payment == "chargeback"


def test_what_upstream_says_wins(shop: SqliteShop) -> None:
    given = Order("KB-1", 5.0, "CHF", NOW)
    facts = ask(shop, Identifiers(LENA, order=given, customer=Customer(1.0)))
    assert (facts.customer_value, facts.order_amount, facts.currency) == (1.0, 5.0, "CHF")


def test_without_a_shop_only_what_upstream_says_is_known() -> None:
    (facts,) = NoShop().facts([Question("k", Identifiers(customer=Customer(12.0)), NOW)])
    assert facts.customer_value == 12.0
    assert facts.unknown == (
        "order_amount: no shop configured",
        "order_age_days: no shop configured",
        "payment: no shop configured",
    )


def test_a_broken_database_makes_facts_unknown_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_bytes(b"no database at all, just some bytes to be read" * 30)
    facts = ask(SqliteShop(tmp_path / "shop.db"), Identifiers("a@b.example"))
    assert facts.customer_value is None
    assert facts.unknown[0] == "customer_value: DatabaseError"


def test_a_missing_database_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="TICKETSTREAM_SHOP_DB"):
        SqliteShop(tmp_path / "none.db")
