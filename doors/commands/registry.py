"""model list, promote, rollback: which snapshot decides."""

from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.policy import Author, Note, Shop
from ticketstream.doors.commands.teach import model
from ticketstream.doors.output import Json


def register(_: typer.Typer) -> None:
    """Add this room's commands to `model`."""
    model.command("list")(list_models)
    model.command()(promote)
    model.command()(rollback)


def list_models(shop: Shop = None, *, json: Json = False) -> None:
    """The snapshots of this machine, their figures on held-out texts, and which one decides."""
    from ticketstream.doors import registry  # noqa: PLC0415

    registry.list_models(settings_module.load(), shop, json=json)


def promote(
    snapshot: Annotated[str, typer.Argument(help="Its id, from `model list`.")],
    note: Note = "a model is promoted",
    author: Author = None,
    shop: Shop = None,
) -> None:
    """Let a snapshot decide, if it misses no floor; workers load it beside the old one."""
    from ticketstream.doors import publishing, registry  # noqa: PLC0415

    operator = publishing.Operator(settings_module.load(), author, note)
    registry.promote(operator, snapshot, shop)


def rollback(
    note: Note = "back to the model before", author: Author = None, shop: Shop = None
) -> None:
    """Let the model decide again that decided before this one; a second time: back again."""
    from ticketstream.doors import publishing, registry  # noqa: PLC0415

    registry.rollback(publishing.Operator(settings_module.load(), author, note), shop)
