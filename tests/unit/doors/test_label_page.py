"""The page of the labels is made from the taxonomy, and the commands follow the shop's own."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from ticketstream.doors.label_page import label_page
from ticketstream.doors.main import app
from ticketstream.doors.settings import ROOT
from ticketstream.processors.taxonomy import shipped_labels

SHIPPED = (ROOT / "schemas/taxonomy.toml").read_text("utf-8")


def test_the_page_in_the_docs_is_the_one_that_the_command_makes() -> None:
    assert (ROOT / "docs/taxonomy.md").read_text("utf-8") == label_page(shipped_labels())


def test_a_shops_own_wording_is_what_the_command_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(SHIPPED.replace('de = "Liefertermin"', 'de = "Ankunft"'), "utf-8")
    monkeypatch.setenv("TICKETSTREAM_TAXONOMY", str(mine))
    shown = CliRunner().invoke(app, ["model", "labels", "--json"])
    rows = {(r := orjson.loads(line))["label"]: r for line in shown.stdout.splitlines()}
    assert len(rows) == 13 + 83 + 15
    assert rows["eta"]["name_de"] == "Ankunft"


def test_a_taxonomy_that_cannot_be_read_ends_the_command_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKETSTREAM_TAXONOMY", str(tmp_path / "none.toml"))
    refused = CliRunner().invoke(app, ["model", "labels"])
    assert refused.exit_code != 0
    assert "none.toml cannot be read" in f"{refused.exception}{refused.output}"
