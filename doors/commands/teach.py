"""knowledge and model: what the line knows, and how it learns."""

from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.output import Json, say, say_json, table

knowledge = typer.Typer(help="The knowledge base.", no_args_is_help=True)
model = typer.Typer(help="The models.", no_args_is_help=True)


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
