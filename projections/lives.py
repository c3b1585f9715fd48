"""Which read models there are, of what version, read how far; and the lock that writers share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    select,
)

metadata = MetaData()

# which read models there are, as what version of them; `life` is new after every rebuild
model = Table(
    "model",
    metadata,
    Column("model", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("life", String, nullable=False),
)
# the offset that each read model reads next
position = Table(
    "position",
    metadata,
    Column("model", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)


def known(connection: Connection, *, lock: bool = False) -> list[Any]:
    """The rows of `model`; with `lock`, no other writer of the read models until the end."""
    statement = select(model).order_by(model.c.model)
    return list(connection.execute(statement.with_for_update() if lock else statement))


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """One transaction on the read models while nobody else writes them."""
    with engine.execution_options(begin="BEGIN IMMEDIATE").begin() as connection:
        known(connection, lock=True)
        yield connection
