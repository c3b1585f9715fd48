"""Identifiers -> facts: the port `Shop` over the sample shop's database, or over no shop at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Facts
from ticketstream.vault.ports import Identifiers

SCHEMA = """
create table if not exists customer (
    customer_id text primary key, address text not null, value real not null,
    currency text not null, since text not null);
create index if not exists customer_by_address on customer (address);
create table if not exists "order" (
    number text primary key, customer_id text not null, amount real not null,
    currency text not null, placed_at text not null);
"""


class NoShop:
    """No shop database is configured: only what upstream put into the event is known."""

    def facts(self, identifiers: Identifiers, at: datetime) -> Facts:
        return given_facts(identifiers, at, "no shop configured")


class SqliteShop:
    """Customers and orders in an SQLite file, as the sample shop has them."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise VaultError(f"no shop database at {path}: load one, or unset TICKETSTREAM_SHOP_DB")
        self.path = path

    def facts(self, identifiers: Identifiers, at: datetime) -> Facts:
        """What upstream said wins; the rest is looked up by customer number, address and order."""
        given = given_facts(identifiers, at, "not found")
        try:
            with _reader(self.path) as connection:
                customer = _customer(connection, identifiers)
                order = _order(connection, identifiers)
        except sqlite3.Error as error:
            return given_facts(identifiers, at, type(error).__name__)
        return _merged(given, customer, order, at)


def load_sample_shop(folder: Path, path: Path) -> None:
    """Write `customers.jsonl` and `orders.jsonl` of a folder into an SQLite file; upserts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA)
        connection.executemany(
            "insert or replace into customer values"
            " (:customer_id, lower(:address), :value, :currency, :since)",
            _rows(folder / "customers.jsonl"),
        )
        connection.executemany(
            'insert or replace into "order" values'
            " (:number, :customer_id, :amount, :currency, :placed_at)",
            _rows(folder / "orders.jsonl"),
        )
    connection.close()


def given_facts(identifiers: Identifiers, at: datetime, reason: str) -> Facts:
    """The facts that came with the event; what it lacks is unknown, for `reason`."""
    order, customer = identifiers.order, identifiers.customer
    value = customer.value if customer else None
    amount = order.amount if order else None
    placed = order.placed_at if order else None
    known = {"customer_value": value, "order_amount": amount, "order_age_days": placed}
    return Facts(
        customer_value=value,
        order_amount=amount,
        currency=order.currency if order else "",
        order_age_days=None if placed is None else (at - placed).days,
        unknown=tuple(f"{name}: {reason}" for name, found in known.items() if found is None),
    )


def _merged(given: Facts, customer: Any, order: Any, at: datetime) -> Facts:
    value = given.customer_value
    amount = given.order_amount
    age = given.order_age_days
    value = customer["value"] if value is None and customer else value
    amount = order["amount"] if amount is None and order else amount
    age = (at - datetime.fromisoformat(order["placed_at"])).days if age is None and order else age
    found = {"customer_value": value, "order_amount": amount, "order_age_days": age}
    return Facts(
        customer_value=value,
        order_amount=amount,
        currency=given.currency or (order["currency"] if order else ""),
        order_age_days=age,
        unknown=tuple(u for u in given.unknown if found[u.split(":")[0]] is None),
    )


def _customer(connection: sqlite3.Connection, who: Identifiers) -> Any:
    return connection.execute(
        "select value from customer where customer_id = ? or address = lower(?)"
        " order by customer_id = ? desc limit 1",
        (who.customer_id, who.address.strip(), who.customer_id),
    ).fetchone()


def _order(connection: sqlite3.Connection, who: Identifiers) -> Any:
    """The dearest of the named orders that belongs to the sender, or to nobody we can tell apart.

    An order of another customer is not looked at: a stranger's number must not raise a route.
    """
    if not who.order_numbers:
        return None
    marks = ",".join("?" * len(who.order_numbers))
    return connection.execute(
        f'select o.* from "order" o join customer c using (customer_id)'  # noqa: S608
        f" where number in ({marks}) and (c.address = lower(?) or c.customer_id = ?)"
        " order by amount desc limit 1",
        (*who.order_numbers, who.address.strip(), who.customer_id),
    ).fetchone()


@contextmanager
def _reader(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def _rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
