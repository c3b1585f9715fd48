"""policy: the document that decides, published, compared, listed, and stopped at once."""

from pathlib import Path
from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.output import Json

policy = typer.Typer(help="The policy that decides who answers.", no_args_is_help=True)

Shop = Annotated[str | None, typer.Option("--shop", help="Default: TICKETSTREAM_SHOP.")]
Shops = Annotated[
    list[str] | None, typer.Option("--shop", help="Once or more. Default: TICKETSTREAM_SHOP.")
]
Note = Annotated[str, typer.Option("--note", help="Why, in a sentence; kept for ever.")]
Author = Annotated[
    str | None,
    typer.Option("--author", help="Who decides so; kept for ever. Default: the user's login."),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(policy, name="policy")


@policy.command()
def publish(
    document: Path,
    note: Note,
    author: Author = None,
    since: Annotated[
        str | None, typer.Option("--from", help="From when on, ISO 8601. Default: at once.")
    ] = None,
    shop: Shop = None,
    *,
    json: Json = False,
) -> None:
    """Check a document and let it decide; running workers take it within about a second.

    A document that says nothing of `active` and `kill_switch` leaves them as they are.
    """
    from ticketstream.doors import publishing  # noqa: PLC0415

    operator = publishing.Operator(settings_module.load(), author, note)
    publishing.publish(operator, document, since, shop, json=json)


@policy.command()
def diff(document: Path, shop: Shop = None, *, json: Json = False) -> None:
    """What a document would change, setting by setting."""
    from ticketstream.doors import publishing  # noqa: PLC0415

    publishing.diff(settings_module.load(), document, shop, json=json)


@policy.command()
def history(shop: Shop = None, *, json: Json = False) -> None:
    """Every policy that was published for a shop, oldest first."""
    from ticketstream.doors import policy_history  # noqa: PLC0415

    policy_history.history(settings_module.load(), shop, json=json)


@policy.command()
def show(
    which: Annotated[str, typer.Argument(help="A version, or the beginning of a hash.")] = "",
    shop: Shop = None,
    *,
    json: Json = False,
) -> None:
    """A policy as a document that can be published again; the one in force, if none is named."""
    from ticketstream.doors import policy_history  # noqa: PLC0415

    policy_history.show(settings_module.load(), which, shop, json=json)


@policy.command()
def kill(
    shop: Shops = None, note: Note = "all automatic replies are stopped", author: Author = None
) -> None:
    """Stop all automatic replies at once."""
    _switch(shop, note, author, killed=True)


@policy.command()
def revive(
    shop: Shops = None, note: Note = "automatic replies go on", author: Author = None
) -> None:
    """Allow automatic replies again, as far as the policy does."""
    _switch(shop, note, author, killed=False)


def _switch(shops: list[str] | None, note: str, author: str | None, *, killed: bool) -> None:
    from ticketstream.doors import publishing  # noqa: PLC0415

    operator = publishing.Operator(settings_module.load(), author, note)
    for shop in shops or [operator.settings.shop]:
        publishing.switch(operator, shop, killed=killed)
