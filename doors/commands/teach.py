"""knowledge and model: what the line knows, and how it learns."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.operate import configure_log
from ticketstream.doors.output import Json, say, say_json, table
from ticketstream.doors.settings import ROOT

knowledge = typer.Typer(help="The knowledge base.", no_args_is_help=True)
model = typer.Typer(help="The models.", no_args_is_help=True)


class Trained(StrEnum):
    """What `model train` makes."""

    HEADS = "heads"
    TRUNK = "trunk"
    ENTITIES = "entities"
    ORDERS = "orders"


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(knowledge, name="knowledge")
    app.add_typer(model, name="model")


@knowledge.command()
def build() -> None:
    """Build the search index from the articles and products; instant when nothing changed."""
    from ticketstream.doors.intake_door import ensure_knowledge  # noqa: PLC0415

    settings = settings_module.load()
    version = ensure_knowledge(settings)
    say(f"knowledge {version} is in {settings.knowledge_index}")


@knowledge.command()
def search(
    question: str,
    *,
    language: Annotated[str, typer.Option(help="en or de")] = "en",
    json: Json = False,
) -> None:
    """The chunks that fit a question best."""
    from ticketstream.processors.encoder import Encoder  # noqa: PLC0415
    from ticketstream.processors.retrieve import KnowledgeBase  # noqa: PLC0415

    settings = settings_module.load()
    encoder = Encoder.load(settings.models / "encoder")
    base = KnowledgeBase.open(settings.knowledge_index, encoder)
    hits = base.search(question, language, "", 5)
    rows = [[round(h.score, 4), round(h.cosine, 3), h.chunk.chunk_id, h.chunk.title] for h in hits]
    if json:
        for score, cosine, chunk_id, title in rows:
            say_json({"score": score, "cosine": cosine, "chunk_id": chunk_id, "title": title})
        return
    table(["score", "cosine", "chunk", "title"], rows)


@model.command()
def train(
    what: Annotated[
        Trained, typer.Argument(help="heads, trunk, entities or orders.")
    ] = Trained.HEADS,
    out: Annotated[
        Path | None, typer.Option(help="Its folder. Default: a snapshot in HOME/models.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the public sets.")] = None,
    seeds: Annotated[Path, typer.Option(help="The project's seeds.")] = ROOT / "knowledge/seeds",
    seed: Annotated[int, typer.Option(help="Of every draw.")] = 1,
    *,
    folds: Annotated[int, typer.Option(min=2, help="Trunks tuned for the calibration.")] = 3,
    level: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="How often a prediction set holds the truth.")
    ] = 0.9,
    writers: Annotated[
        bool, typer.Option(help="Judge heads by leaving out whole writers too: twice the time.")
    ] = True,
    corrections: Annotated[
        bool,
        typer.Option("--corrections", help="Learn from the read models what agents set right."),
    ] = False,
) -> None:
    """Train the classifier's heads, its trunk with new heads, mask's model, or what hears orders.

    Heads take minutes, entities half an hour, a trunk two hours; both need the extra `train`.
    """
    from ticketstream.doors import training  # noqa: PLC0415

    settings = settings_module.load()
    if what is Trained.ENTITIES:
        training.entities(settings, training.Sources(data, seeds, seed), out)
        return
    if what is Trained.ORDERS:
        training.orders(settings, seeds, out)
        return
    given = training.Sources(data, seeds, seed, corrections, level, writers)
    _qualities(training.classifier(settings, given, out, folds if what is Trained.TRUNK else 0))


@model.command()
def evaluate(
    tickets: Annotated[Path, typer.Option(help="Labelled tickets.")] = ROOT
    / "knowledge/testset/own.jsonl",
    named: Annotated[
        str, typer.Option("--snapshot", help="A snapshot's id, or a folder. Default: what ships.")
    ] = "",
    data: Annotated[
        Path | None, typer.Option(help="Folder of the public sets, for the card.")
    ] = None,
    *,
    card: Annotated[
        bool, typer.Option("--card", help="Figures and plots into its card, as its own test set.")
    ] = False,
    json: Json = False,
) -> None:
    """The quality of a snapshot on labelled tickets; by default on the project's own test set."""
    from ticketstream.doors.deciding import snapshots_of  # noqa: PLC0415
    from ticketstream.doors.equip import labels_of  # noqa: PLC0415
    from ticketstream.learning.judge import judge, record, record_public  # noqa: PLC0415
    from ticketstream.processors.encoder import Encoder  # noqa: PLC0415
    from ticketstream.processors.snapshots import reader_of  # noqa: PLC0415

    settings = settings_module.load()
    snapshots = snapshots_of(settings)
    given = Path(named)
    snapshot = snapshots.read(given) if named and given.is_dir() else snapshots.find(named)
    encoder = Encoder.load(settings.models / "encoder")
    reader = reader_of(snapshot.manifest, encoder)
    labels = labels_of(settings)
    found = (record if card else judge)(snapshot.folder, tickets, reader, labels)
    if card and data:
        record_public(snapshot.folder, data, reader, labels)
    if json:
        say_json({name: asdict(quality) for name, quality in found.items()})
    else:
        _qualities(found)


@model.command("labels")
def show_labels(
    *,
    page: Annotated[bool, typer.Option("--page", help="As the page docs/taxonomy.md.")] = False,
    json: Json = False,
) -> None:
    """The labels that are in force, with what they mean in English and German."""
    from ticketstream.doors.equip import labels_of  # noqa: PLC0415
    from ticketstream.doors.label_page import label_page, label_rows  # noqa: PLC0415

    labels = labels_of(settings_module.load())
    if page:
        typer.echo(label_page(labels), nl=False)
    elif json:
        for row in label_rows(labels):
            say_json(row)
    else:
        rows = [[r["kind"], r["label"], r["means_en"]] for r in label_rows(labels)]
        table(["kind", "label", "means"], rows)


@model.command()
def ask(
    tickets: Annotated[Path, typer.Argument(help="Labelled tickets that nobody learned from.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write the measurement: `measured` of [ask].")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Ask the language model about labelled tickets: who is right when it and the heads differ?"""
    from ticketstream.doors import equip  # noqa: PLC0415
    from ticketstream.doors.language_model.second_opinion import (  # noqa: PLC0415
        connect_patiently,
    )
    from ticketstream.learning.opinions import ask_about, document_of  # noqa: PLC0415
    from ticketstream.learning.seeds import read_seeds  # noqa: PLC0415
    from ticketstream.learning.toml_text import toml  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    asking = connect_patiently(settings)
    alone: Any = equip.classify_resources(settings.model_copy(update={"language_model": None}))
    with closing(asking.model):
        resources = asking.join(alone, equip.policy_of(settings).thresholds.injection)
        found = ask_about(read_seeds(tickets, resources.labels), resources)
    if out:
        out.write_text(toml(document_of(found.measurement)), "utf-8")
    if json:
        say_json(asdict(found))
        return
    cases = found.measurement
    say(f"{found.tickets} tickets; asked: {dict(found.outcomes)}; {found.cost:.4f} EUR")
    say(f"of {found.answered} answers {found.right} are right, of the heads' own {found.own}")
    rows = [
        [n, getattr(cases, n).right, getattr(cases, n).size] for n in ("agreed", "answer", "own")
    ]
    table(["who", "right", "of"], rows)


def _qualities(found: Mapping[str, Any]) -> None:
    rows = [[name, *asdict(quality).values()] for name, quality in found.items()]
    names = ["", *asdict(next(iter(found.values())))]
    for number, name in enumerate(names):
        values = [row[number] for row in rows]
        shown = [f"{v:.3f}" if isinstance(v, float) else str(v) for v in values]
        say(f"  {name:16}" + "".join(f"{v:>10}" for v in shown))
