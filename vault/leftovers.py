"""Rows that were deleted or overwritten -> out of PostgreSQL's own files, as far as SQL reaches.

PostgreSQL keeps old rows: in the table's file until the space is used again, and in its write-ahead
log until the segment is. What this does and what it cannot do stands in docs/privacy.md.
"""

from collections.abc import Iterable

from sqlalchemy import Engine, Table, inspect, text
from sqlalchemy.exc import OperationalError

from ticketstream.vault.database import writer

LOCK_NOT_AVAILABLE = "55P03"


def rewrite(engine: Engine, tables: Iterable[Table], seconds: float) -> bool:
    """Move each table's rows to a new file; the old one goes, with every old row in it.

    `VACUUM FULL` would not do: it takes rows along that some old transaction might still look at.

    Returns:
        False when a reader held a table for longer than `seconds`: then nothing of it was moved.
    """
    return all(_rewritten(engine, table.name, seconds) for table in tables)


def vacuum(engine: Engine) -> None:
    """Free the space of old rows in every table; their bytes stay until it is used again."""
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
    quote = engine.dialect.identifier_preparer.quote
    with autocommit.connect() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"VACUUM (SKIP_LOCKED) {quote(name)}"))


def _rewritten(engine: Engine, name: str, seconds: float) -> bool:
    """In a transaction of its own, so that no reader can wait for it in a ring."""
    patience = text("SELECT set_config('lock_timeout', :wait, true)")
    try:
        with writer(engine).begin() as connection:
            connection.execute(patience, {"wait": f"{int(seconds * 1000)}ms"})
            for statement in (
                f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE",
                f"CREATE TEMPORARY TABLE kept ON COMMIT DROP AS TABLE {name}",
                f"TRUNCATE {name}",
                f"INSERT INTO {name} TABLE kept",
            ):
                connection.execute(text(statement))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True
