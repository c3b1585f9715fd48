"""person find|export|erase|receipt: a person's rights."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.output import Json, progress, say, say_json
from ticketstream.schemas.errors import SettingError

if TYPE_CHECKING:
    from ticketstream.doors.person.place import Place
    from ticketstream.doors.person.trace import Trace

person = typer.Typer(help="What is held of a person.", no_args_is_help=True)
receipt = typer.Typer(help="The receipts of erasures.", no_args_is_help=True)

Who = Annotated[
    list[str],
    typer.Argument(help="All addresses and customer numbers of one person; or ids of tickets."),
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    person.add_typer(receipt, name="receipt")
    app.add_typer(person, name="person")


@person.command()
def find(who: Who, *, json: Json = False) -> None:
    """Count what is held of a person, place by place; nothing of it is shown."""
    from ticketstream.doors.person.search import trace_all  # noqa: PLC0415
    from ticketstream.projections.purge import rows_of  # noqa: PLC0415

    place = opened_place()
    (found,) = _named(trace_all(place, [who]))
    rows = rows_of(place.models, found.tickets) | place.archive.rows_of(found.tickets)
    held = _held(found) | {"read_model_rows": rows}
    if json:
        say_json(held)
        return
    for name, value in held.items():
        say(f"{name.replace('_', ' ')}: {in_words(value)}")


@person.command()
def export(
    who: Who,
    out: Annotated[Path, typer.Option(help="A new folder.")],
    *,
    language: Annotated[str, typer.Option(help="Of the page: en or de.")] = "en",
) -> None:
    """Write all that is held of a person: JSON, a page to read, the files they sent."""
    from ticketstream.doors.equip import labels_of, policy_of  # noqa: PLC0415
    from ticketstream.doors.person.export import Wish  # noqa: PLC0415
    from ticketstream.doors.person.export import export as write  # noqa: PLC0415
    from ticketstream.doors.person.search import trace_all  # noqa: PLC0415

    if language not in {"en", "de"}:
        raise SettingError("--language must be en or de")
    place, settings = opened_place(), settings_module.load()
    (found,) = _named(trace_all(place, [who], keep=True))
    tongue: Any = language
    wish = Wish(tongue, settings.zone, policy_of(settings), labels_of(settings))
    done = write(place, found, out, wish)
    say(f"{done.tickets} tickets, {done.events} events, {done.files} files are in {out}")


@person.command()
def erase(
    who: Annotated[
        list[str] | None, typer.Argument(help="All addresses and customer numbers of one person.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option(help="People, a line each; several names of one between spaces.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Forget people for good, and sign a receipt each; run it again when it was interrupted."""
    from ticketstream.doors.person import erase as work  # noqa: PLC0415
    from ticketstream.doors.person.search import trace_all  # noqa: PLC0415

    place = opened_place()
    finished = work.resume(place, progress)
    people = [who or [], *(line.split() for line in _lines(file))]
    found = [t for t in trace_all(place, people) if t.held] if any(people) else []
    if found and not yes and not _agreed(found):
        raise typer.Exit(1)
    finished += work.erase(place, found, progress) if found else []
    if json:
        say_json([asdict(each) for each in finished])
        return
    for each in finished:
        say(f"erased {each.tickets} tickets; the receipt is {each.file}")
    if not finished:
        say("nothing is held of them, and nothing was underway")


@receipt.command("verify")
def verify_receipt(
    file: Path,
    *,
    key: Annotated[Path | None, typer.Option(help="The public key; else that of KEYS.")] = None,
    json: Json = False,
) -> None:
    """Say whether a receipt is genuine, and what it says; takes the public key only."""
    from ticketstream.vault.receipts import PUBLIC, check, public_key  # noqa: PLC0415

    public = public_key(key or settings_module.load().key_folder / PUBLIC)
    try:
        checked = check(file.read_bytes(), public)
    except OSError as error:
        raise SettingError(f"{file} cannot be read ({type(error).__name__})") from error
    if checked.fault:
        say(f"NOT genuine: {checked.fault}")
        raise typer.Exit(1)
    if json:
        say_json(checked.receipt)
        return
    say(f"genuine: receipt {checked.receipt['id']}, done at {checked.receipt['done_at']}")
    for each in checked.receipt["destroyed"]:
        say(f"  {each['where']}: {in_words({k: v for k, v in each.items() if k != 'where'})}")
    say(f"still to expire: {in_words(checked.receipt['expires'])}")
    say(f"language models: {in_words(checked.receipt['language_models'])}")


@receipt.command("list")
def list_receipts(*, json: Json = False) -> None:
    """Every receipt, and erasures that are still underway."""
    from ticketstream.doors.equip import open_vault  # noqa: PLC0415
    from ticketstream.vault.forgetting import receipts, underway  # noqa: PLC0415

    held = open_vault(settings_module.load(), identity=False)
    with held.reading() as connection:
        done, left = sorted(receipts(connection)), [e.id for e in underway(connection)]
    if json:
        say_json({"done": done, "underway": left})
        return
    for name in done:
        say(f"{name} done")
    for name in left:
        say(f"{name} underway: finish it with `ticketstream person erase`")


def opened_place() -> "Place":
    """Everything in which something of a person can lie, by this process's settings."""
    from ticketstream.doors.person.place import place_of  # noqa: PLC0415

    settings = settings_module.load()
    return place_of(settings, brokers_of(settings))


def _named(found: Sequence["Trace"]) -> Sequence["Trace"]:
    if not found:
        raise SettingError("name an address or a customer number")
    return found


def _held(found: "Trace") -> dict[str, Any]:
    until = found.dead_until
    return {
        "tickets": len(found.tickets),
        "records": dict(found.records),
        "attachments": len(found.attachments),
        "dead_letters": dict(found.dead),
        "dead_letters_until": until.isoformat("T", "seconds") if until else "",
        "upstream_systems": {system: len(ids) for system, ids in found.external.items()},
        "language_models": sorted(found.asked_models),
    }


def _agreed(found: Sequence["Trace"]) -> bool:
    tickets = sum(len(t.tickets) for t in found)
    what = f"{len(found)} people with {tickets} tickets"
    if not sys.stdin.isatty():
        raise SettingError(f"{what} would be erased for good: add --yes")
    return typer.confirm(f"Erase {what} for good?")


def _lines(file: Path | None) -> list[str]:
    try:
        return file.read_text("utf-8").split("\n") if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{file} cannot be read ({type(error).__name__})") from error


def in_words(value: Any) -> str:
    """Counts and names as a line."""
    if isinstance(value, dict):
        return ", ".join(f"{k.replace('_', ' ')} {in_words(v)}" for k, v in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(in_words, value)) or "none"
    return str(value)
