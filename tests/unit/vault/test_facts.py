"""What the shop knows; what it does not know is unknown, with its reason."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.received import Customer, Order
from ticketstream.vault.facts import NoShop, SqliteShop, load_sample_shop
from ticketstream.vault.ports import Identifiers

NOW = datetime(2026, 11, 23, tzinfo=UTC)
CUSTOMERS = [
    {"customer_id": "C-1", "address": "Lena@mail.example", "value": 840.5, "currency": "EUR",
     "since": "2024-01-01"},
    {"customer_id": "C-2", "address": "otto@mail.example", "value": 10.0, "currency": "EUR",
     "since": "2024-01-01"},
]  # fmt: skip
ORDERS = [
    {"number": "KB-1", "customer_id": "C-1", "amount": 99.0, "currency": "EUR",
     "placed_at": "2026-11-13T00:00:00+00:00"},
    {"number": "KB-2", "customer_id": "C-1", "amount": 700.0, "currency": "EUR",
     "placed_at": "2026-11-20T00:00:00+00:00"},
]  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> SqliteShop:
    for name, rows in (("customers", CUSTOMERS), ("orders", ORDERS)):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(orjson.dumps(r) for r in rows))
    load_sample_shop(tmp_path, tmp_path / "shop.db")
    load_sample_shop(tmp_path, tmp_path / "shop.db")  # again changes nothing
    return SqliteShop(tmp_path / "shop.db")


def test_a_customer_is_found_by_address_whatever_its_capitals(shop: SqliteShop) -> None:
    facts = shop.facts(Identifiers(address="LENA@mail.example"), NOW)
    assert facts.customer_value == 840.5
    assert facts.unknown == ("order_amount: not found", "order_age_days: not found")


def test_the_dearest_of_the_named_orders_counts(shop: SqliteShop) -> None:
    who = Identifiers(address="lena@mail.example", order_numbers=("KB-1", "KB-2"))
    facts = shop.facts(who, NOW)
    assert (facts.order_amount, facts.currency, facts.order_age_days) == (700.0, "EUR", 3)
    assert facts.unknown == ()


def test_a_strangers_order_number_raises_nothing(shop: SqliteShop) -> None:
    who = Identifiers(address="otto@mail.example", order_numbers=("KB-2",))
    assert shop.facts(who, NOW).order_amount is None


def test_what_upstream_says_wins(shop: SqliteShop) -> None:
    who = Identifiers(
        address="lena@mail.example", order=Order("KB-1", 5.0, "CHF", NOW), customer=Customer(1.0)
    )
    facts = shop.facts(who, NOW)
    assert (facts.customer_value, facts.order_amount, facts.currency) == (1.0, 5.0, "CHF")


def test_without_a_shop_only_what_upstream_says_is_known() -> None:
    facts = NoShop().facts(Identifiers(customer=Customer(12.0)), NOW)
    assert facts.customer_value == 12.0
    assert facts.unknown == (
        "order_amount: no shop configured",
        "order_age_days: no shop configured",
    )


def test_a_broken_database_makes_facts_unknown_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop.db").write_bytes(b"no database at all, just some bytes to be read" * 30)
    facts = SqliteShop(tmp_path / "shop.db").facts(Identifiers(address="a@b.example"), NOW)
    assert facts.customer_value is None
    assert facts.unknown[0] == "customer_value: DatabaseError"


def test_a_missing_database_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="TICKETSTREAM_SHOP_DB"):
        SqliteShop(tmp_path / "none.db")
