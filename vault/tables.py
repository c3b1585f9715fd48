"""The vault's tables. They hold no name, address or text: keys, keyed hashes, ids and numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite

metadata = MetaData()

person = Table(
    "person",
    metadata,
    Column("person", String, primary_key=True),
    Column("text_key", LargeBinary, nullable=False),
    Column("identity_key", LargeBinary, nullable=False),
)
# keyed hashes of addresses and customer numbers: how a person is found again
address = Table(
    "address",
    metadata,
    Column("hash", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
)
# what was decided about a ticket; no table is named as one of the read models, which are dropped
admission = Table(
    "admission",
    metadata,
    Column("ticket_id", String, primary_key=True),
    Column("shop", String, nullable=False),
    Column("person", String, nullable=False),
    Column("case_id", String, nullable=False),
    Column("matter", String, nullable=False),  # keyed hash of the subject without its prefixes
    Column("occurred_at", BigInteger, nullable=False),  # microseconds UTC
    Column("facts", LargeBinary, nullable=False),
    Index("admission_by_person", "person", "occurred_at"),
)
# keyed hashes of Message-IDs: how a reply finds its case
message = Table(
    "message",
    metadata,
    Column("hash", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("case_id", String, nullable=False),
)
erased = Table("erased", metadata, Column("ticket_id", String, primary_key=True))
# the journal of erasures: what is underway can be found and finished, whatever kills the process
erasure = Table(
    "erasure",
    metadata,
    Column("id", String, primary_key=True),
    Column("began_at", BigInteger, nullable=False),  # microseconds UTC
    Column("finished_at", BigInteger),
    Column("underway", LargeBinary, nullable=False),  # ids and keyed hashes; empty once finished
    Column("receipt", LargeBinary),  # signed; it names nobody
)
# the master keys that wrap the persons' keys now, so that a process with older ones stops
master_key = Table(
    "master_key",
    metadata,
    Column("name", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_absent(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet; what is there stays as it is."""
    if rows:
        statement = _INSERT[connection.dialect.name](table).on_conflict_do_nothing()
        connection.execute(statement, list(rows))
