"""What is not written down fails: stages, topics, settings, commands, links, weights."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
import typer.main
from click import Group

from ticketstream.doors.main import app
from ticketstream.doors.settings import PREFIX, Settings
from ticketstream.schemas.dead import DeadReason
from ticketstream.stream.metrics import MetricName
from ticketstream.stream.pipeline import STAGES
from ticketstream.stream.topics import topics

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
MOST_BYTES = 100_000_000


def text(name: str) -> str:
    return (ROOT / name).read_text()


def commands(group: Group, prefix: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if isinstance(command, Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("stage", [s.name for s in STAGES])
def test_every_stage_is_in_the_architecture_and_the_topics(stage: str) -> None:
    assert stage in text("docs/architecture.md")
    assert stage in text("docs/topics.md")


@pytest.mark.parametrize("topic", topics())
def test_every_topic_is_documented(topic: str) -> None:
    assert f"`{topic}`" in text("docs/topics.md")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in text("docs/settings.md")


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", "".join(p.read_text() for p in PAGES)))
    assert {n.lower() for n in named} <= set(Settings.model_fields)


@pytest.mark.parametrize("command", list(commands(typer.main.get_command(app))))  # type: ignore[arg-type]
def test_every_command_is_documented(command: str) -> None:
    page = text("docs/commands.md")
    assert re.search(rf"`(?:ticketstream )?{re.escape(command)}\b", page), command


@pytest.mark.parametrize("name", MetricName.__args__)  # type: ignore[attr-defined]
def test_every_metric_is_documented(name: str) -> None:
    assert f"`{name}`" in text("docs/operations.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_weights_stay_under_a_hundred_megabytes_and_each_folder_has_manifest_and_card() -> None:
    folders = [f for f in (ROOT / "models").iterdir() if f.is_dir()]
    assert folders
    assert sum(f.stat().st_size for f in (ROOT / "models").rglob("*") if f.is_file()) < MOST_BYTES
    for folder in folders:
        assert (folder / "manifest.toml").is_file()
        assert (folder / "CARD.md").is_file()


def test_the_readme_names_both_commands() -> None:
    assert "make demo" in text("README.md")
    assert "make test" in text("README.md")


def test_the_lock_files_name_no_address() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "://" not in lock.read_text()


def test_the_test_sets_are_those_whose_hashes_are_written_down() -> None:
    folder = ROOT / "knowledge" / "testset"
    page = (folder / "README.md").read_text("utf-8")
    sets = [f for f in folder.iterdir() if f.name != "README.md"]
    assert len(sets) >= 4
    for file in sets:
        assert sha256(file.read_bytes()).hexdigest() in page, file.name


@pytest.mark.parametrize("reason", DeadReason.__args__)  # type: ignore[attr-defined]
def test_every_reason_of_a_dead_letter_is_documented(reason: str) -> None:
    assert f"`{reason}`" in text("docs/topics.md")
