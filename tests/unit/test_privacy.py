"""The privacy page says what is so: tables, files, tests and processors exist, none is missing."""

import ast
import re
from pathlib import Path

import pytest

from ticketstream.doors.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "privacy.md").read_text()
SOURCES = [
    p
    for room in ("doors", "learning", "stream", "processors", "projections", "vault")
    for p in (ROOT / room).rglob("*.py")
]
SERVER = re.compile(r"\b(URLs?|servers|endpoints?|host of|site)\b", re.IGNORECASE)
OWN = {"metrics_host", "desk_host", "worker_host"}  # where we listen; nobody is sent anything


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def lancedb_tables(source: str) -> list[str]:
    """The tables that a module makes or opens; a name that is not a constant fails."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"create_table", "open_table"}
    ]
    return [_constant(call.args[0], constants) for call in calls]


def _constant(node: ast.expr, constants: dict[str, object]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.Name), ast.dump(node)
    assert node.id in constants, f"the table's name {node.id} is no constant of its module"
    return str(constants[node.id])


def named_in_the_page() -> set[str]:
    part = PAGE.split("**Embeddings.**", 1)[1].split("**Prompts", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def test_every_lancedb_table_that_the_code_makes_is_named_in_the_privacy_page() -> None:
    made = {t for p in SOURCES if "lancedb" in p.read_text() for t in lancedb_tables(p.read_text())}
    assert "chunks" in made
    assert made <= named_in_the_page()


def test_an_unnamed_lancedb_table_would_be_noticed() -> None:
    source = 'NAME = "tickets"\ndef f(db):\n    db.create_table(NAME, [])\n    db.open_table("x")\n'
    assert lancedb_tables(source) == ["tickets", "x"]
    assert not set(lancedb_tables(source)) <= named_in_the_page()


def test_every_test_and_file_that_a_claim_points_at_exists() -> None:
    tests = "".join(p.read_text() for p in (ROOT / "tests").rglob("*.py"))
    claims = re.findall(r"`(test_\w+)`", PAGE)
    assert len(claims) > 20
    assert [c for c in claims if f"def {c}(" not in tests] == []
    files = re.findall(r"`([a-z_]+/[\w/.]*\.\w+)`", PAGE)
    assert len(files) > 8
    assert [f for f in files if not (ROOT / f).is_file()] == []


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, field in Settings.model_fields.items()
        if SERVER.search(field.description or "") and name not in OWN
    ],
)
def test_every_setting_that_names_a_server_is_in_the_list_of_processors(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in section("Processors")


def test_nothing_in_the_code_calls_a_language_model() -> None:
    """The page and every receipt say so; whoever connects one changes both."""
    called = re.compile(r"^\s*(import|from) openai", re.MULTILINE)
    used = [p.name for p in SOURCES if called.search(p.read_text())]
    assert used == []
