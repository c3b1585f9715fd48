"""Sources -> the databases and tables that they make, however they make them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
ROOMS = ("doors", "learning", "stream", "processors", "projections", "vault", "schemas")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
FILE = re.compile(r"[\w-]+\.(?:db|sqlite3?|duckdb|lance)")
CREATE = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?[\"`]?(\w+)", re.IGNORECASE)
LANCE = {"create_table", "open_table"}


def database_files(source: str) -> set[str]:
    """Names of database files that stand in a source as strings."""
    return {s for s in _strings(source) if FILE.fullmatch(s)}


def sql_tables(source: str) -> set[str]:
    """Tables that SQL text makes, and those that SQLAlchemy is told of."""
    written = {name for text in _strings(source) for name in CREATE.findall(text)}
    return written | {str(_named(c.args[0], source)) for c in _calls(source, {"Table"})}


def lancedb_tables(source: str) -> list[str]:
    """The tables that a module makes or opens; a name that is not a constant fails."""
    return [_named(call.args[0], source) for call in _calls(source, LANCE)]


def _strings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _calls(source: str, names: set[str]) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in calls if _called(call.func) in names and call.args]


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", "") or getattr(function, "id", "")


def _named(node: ast.expr, source: str) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    constants = {
        target.id: each.value.value
        for each in ast.parse(source).body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    assert isinstance(node, ast.Name), ast.dump(node)
    assert node.id in constants, f"the table's name {node.id} is no constant of its module"
    return str(constants[node.id])
