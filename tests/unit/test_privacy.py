"""The privacy page says what is so: tables, files, tests and processors exist, none is missing."""

import ast
import re
from collections.abc import Iterator

import pytest
from tests.unit.doors.person.places import ROOT, SOURCES, lancedb_tables

from ticketstream.doors.settings import PREFIX, Settings

PAGE = (ROOT / "docs" / "privacy.md").read_text()
SERVER = re.compile(r"\b(URLs?|servers|endpoints?|host of|site)\b|://", re.IGNORECASE)
OWN = {"metrics_host", "desk_host", "worker_host"}  # where we listen; nobody is sent anything
# what can speak to a machine elsewhere: each module that may, and to whom
SPEAKERS = {
    "http", "urllib.request", "httpx", "httpx2", "requests", "aiohttp", "openai", "anthropic",
    "ollama", "websockets", "grpc", "smtplib", "imaplib", "socket", "ssl",
}  # fmt: skip
MAY_SPEAK = {
    "doors/settings.py": "this host's name",
    "doors/desk/serve.py": "listens",
    "doors/intake/imap.py": "the shop's mailbox",
    "doors/intake/imap_login.py": "the shop's mailbox",
    "doors/language_model/client.py": "the language model of the shop's document",
    "stream/health.py": "listens",
    "stream/local/place.py": "the local broker",
    "stream/local/registry.py": "the local schema registry",
    "vault/shop_http.py": "the shop's own system that answers questions",
}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def named_in_the_page() -> set[str]:
    part = PAGE.split("**Embeddings.**", 1)[1].split("**Prompts", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE))


def pointers(text: str) -> tuple[list[str], list[str]]:
    """The tests and the files that a text points at."""
    return re.findall(r"`(test_\w+)`", text), re.findall(r"`([a-z_]+/[\w/.]*\.\w+)`", text)


def kept_rows() -> Iterator[tuple[str, str]]:
    """Each row of the tables that say what keeps a claim: its first cell, and that cell."""
    column = None
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            column = None
        elif "kept by" in cells:
            column = cells.index("kept by")
        elif column is not None and not set(line) <= set("|-: "):
            yield cells[0], cells[column]


def test_every_lancedb_table_that_the_code_makes_is_named_in_the_privacy_page() -> None:
    made = {t for p in SOURCES if "lancedb" in p.read_text() for t in lancedb_tables(p.read_text())}
    assert "chunks" in made
    assert made <= named_in_the_page()


def test_every_test_and_file_that_a_claim_points_at_exists() -> None:
    tests = "".join(p.read_text() for p in (ROOT / "tests").rglob("*.py"))
    claims, files = pointers(PAGE)
    assert len(claims) > 40
    assert [c for c in claims if f"def {c}(" not in tests] == []
    assert len(files) > 15
    assert [f for f in files if not (ROOT / f).is_file()] == []


@pytest.mark.parametrize(("claim", "keeper"), list(kept_rows()))
def test_every_claim_points_at_what_keeps_it_or_is_the_shops_to_fill_in(
    claim: str, keeper: str
) -> None:
    tests, files = pointers(keeper)
    assert tests or files or re.search(r"`\[.+?\]`", keeper), claim


def test_claims_are_found_in_all_parts_of_the_page() -> None:
    assert len(list(kept_rows())) > 40
    for title in (
        "A person's rights",
        "Record of",
        "Impact",
        "For the privacy notice",
        "If the shop",
    ):
        assert "kept by |" in section(title)


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


def speakers(source: str) -> set[str]:
    """The modules that a source imports and that can speak to a machine elsewhere."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {s for s in SPEAKERS if any(f == s or f.startswith(f"{s}.") for f in found)}


def test_only_one_module_can_speak_to_a_language_model() -> None:
    """Nothing else speaks to a machine elsewhere but what the page names."""
    speaking = {str(p.relative_to(ROOT)): speakers(p.read_text()) for p in SOURCES}
    speaking = {name: found for name, found in speaking.items() if found}
    assert set(speaking) == set(MAY_SPEAK)
    models = {"openai", "anthropic", "ollama"}
    assert [name for name, found in speaking.items() if found & models] == [
        "doors/language_model/client.py"
    ]


def test_a_call_to_a_language_model_would_be_noticed() -> None:
    assert speakers("def f():\n    from openai import OpenAI\n") == {"openai"}
    assert speakers("import urllib.request") == {"urllib.request"}
    assert speakers("from urllib import request") == {"urllib.request"}
    assert speakers("from urllib.parse import urlsplit") == set()
