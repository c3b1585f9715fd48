"""Questions -> facts: the port `Shop` over the sample shop's database, or over no shop at all."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args

import orjson

from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.masked import Facts, PaymentMethod, PaymentState
from ticketstream.vault.ports import Question
from ticketstream.vault.told import (
    Told,
    ToldCustomer,
    ToldOrder,
    ToldPayment,
    facts_of,
    nothing_told,
    plain,
)

CENT = 0.005
SCHEMA = """
create table if not exists customer (
    customer_id text primary key, address text not null, value real not null,
    currency text not null, since text not null);
create index if not exists customer_by_address on customer (address);
create table if not exists "order" (
    number text primary key, customer_id text not null, amount real not null,
    currency text not null, placed_at text not null);
create table if not exists payment (
    "order" text not null, at text not null, status text not null, method text not null,
    amount real not null, primary key ("order", at, status));
"""


class NoShop:
    """No shop is configured: only what upstream put into the event is known."""

    def facts(self, questions: Sequence[Question]) -> list[Facts]:
        return [nothing_told(question, "no shop configured") for question in questions]


class SqliteShop:
    """Customers, orders and payments in an SQLite file, as the sample shop has them.

    Raises:
        SettingError: there is no such file.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SettingError(
                f"no shop database at {path}: load one, or unset TICKETSTREAM_SHOP_DB"
            )
        self.path = path

    def facts(self, questions: Sequence[Question]) -> list[Facts]:
        try:
            with _reader(self.path) as connection:
                return [facts_of(q, _told(connection, q)) for q in questions]
        except (sqlite3.Error, ValueError) as error:
            return [nothing_told(q, type(error).__name__) for q in questions]


def load_sample_shop(folder: Path, path: Path) -> None:
    """Write customers, orders and payments (`.jsonl`) of a folder into an SQLite file; upserts."""
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
        connection.executemany(
            "insert or replace into payment values (:order, :at, :status, :method, :amount)",
            _rows(folder / "payments.jsonl"),
        )
    connection.close()


def _told(connection: sqlite3.Connection, question: Question) -> Told:
    who, at = question.identifiers, question.at
    customers = connection.execute(
        "select * from customer where customer_id in (?, ?) or address = ?",
        (who.customer_id.strip(), who.claimed_customer_id.strip(), plain(who.address)),
    ).fetchall()
    numbers = who.order_numbers
    marks = ",".join("?" * len(numbers))
    orders = connection.execute(
        f'select * from "order" where number in ({marks})',  # noqa: S608  (marks only)
        numbers,
    ).fetchall()
    return Told(
        tuple(ToldCustomer(c["customer_id"], (c["address"],), c["value"]) for c in customers),
        tuple(_order(connection, row, at) for row in orders),
    )


def _order(connection: sqlite3.Connection, row: Any, at: datetime) -> ToldOrder:
    payments = connection.execute(
        'select * from payment where "order" = ?', (row["number"],)
    ).fetchall()
    seen = sorted(
        (p for p in payments if datetime.fromisoformat(p["at"]) <= at),
        key=lambda p: datetime.fromisoformat(p["at"]),
    )
    return ToldOrder(
        row["number"],
        row["customer_id"],
        row["amount"],
        row["currency"],
        datetime.fromisoformat(row["placed_at"]),
        _payment(row["amount"], seen),
    )


def _payment(amount: float, payments: Sequence[Any]) -> ToldPayment | None:
    """How an order stands after all its payments, oldest first; None when there are none."""
    if not payments:
        return None
    paid, back = _sum(payments, "paid"), _sum(payments, "refunded")
    due = max(amount - paid, 0.0)
    state: PaymentState = "paid" if due < CENT else "open"
    if any(p["status"] == "chargeback" for p in payments):
        state = "chargeback"
    elif paid and back > paid - CENT:
        state = "refunded"
    method = payments[-1]["method"]
    known = method if method in get_args(PaymentMethod) else "other"
    return ToldPayment(state, cast("PaymentMethod", known), round(due, 2))


def _sum(payments: Iterable[Any], status: str) -> float:
    return float(sum(p["amount"] for p in payments if p["status"] == status))


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
