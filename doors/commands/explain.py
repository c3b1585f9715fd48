"""explain: the chain of causes of a ticket, and why it was routed so."""

from typing import Annotated, Any

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.equip import labels_of, open_vault
from ticketstream.doors.output import Json, Language, say, say_json
from ticketstream.doors.settings import Settings
from ticketstream.schemas.errors import TicketError
from ticketstream.schemas.record import Erased

TEXT = frozenset({"text"})


def register(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command()(explain)


def explain(
    ticket: Annotated[str, typer.Argument(help="A ticket's id.")],
    *,
    language: Language = "en",
    text: Annotated[
        bool, typer.Option("--text", help="Masked text and draft too, by the vault's text key.")
    ] = False,
    json: Json = False,
) -> None:
    """Tell how a ticket came to its decision, from the log, and decide it again."""
    from ticketstream.doors.explain import again, chain, told  # noqa: PLC0415

    settings = settings_module.load()
    brokers = brokers_of(settings)
    found = chain.chain_of(settings, brokers, ticket)
    routed = found.newest("ticket.routed")
    anew = routed and again.decided_again(settings, brokers, routed, found.cause_of(routed))
    reader = told.Reader(language, labels_of(settings), settings.zone)
    texts = _texts(settings, found) if text else {}
    if json:
        say_json(told.told(found, anew, reader) | ({"text": texts} if text else {}))
        return
    for line in told.lines(found, anew, reader):
        say(line)
    for name, said in texts.items():
        say(f"\n{reader.t(name)}\n{said}")


def _texts(settings: Settings, found: Any) -> dict[str, str]:
    """What the vault opens: the masked text and the newest draft's answer."""
    vault, texts = open_vault(settings, identity=False), {}
    for name, topic in (("wrote", "ticket.masked"), ("proposed", "draft.created")):
        if (event := found.newest(topic)) is None:
            continue
        shown: Any = vault.open(event, TEXT)
        opened = shown.text
        if isinstance(opened, Erased):
            raise TicketError(f"the text of {found.ticket_id} is erased and can never be opened")
        words = opened.answer if name == "proposed" else f"{opened.subject}\n\n{opened.text}"
        if words.strip():
            texts[name] = words.strip()
    return texts
