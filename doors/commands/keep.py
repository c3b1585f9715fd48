"""retention show|apply, vault rotate: what is kept how long, and under which keys."""

from dataclasses import asdict

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.person import in_words, opened_place
from ticketstream.doors.output import Json, progress, say, say_json, table

retention = typer.Typer(help="How long what is kept.", no_args_is_help=True)
vault = typer.Typer(help="The vault's master keys.", no_args_is_help=True)


@vault.callback()
def about() -> None:
    """The vault's master keys."""


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(retention, name="retention")
    app.add_typer(vault, name="vault")


@retention.command("show")
def show_retention(*, json: Json = False) -> None:
    """Every topic, table and folder: what it holds, how long, and what ends it."""
    from ticketstream.doors.person.schedule import schedule  # noqa: PLC0415

    rows = schedule()
    if json:
        say_json([asdict(row) | {"where": row.where} for row in rows])
        return
    table(
        ["kind", "name", "in HOME", "kept", "ended by", "holds"],
        [[r.kind, r.name, r.where, _days(r.days), r.ends, r.holds] for r in rows],
    )


@retention.command("apply")
def apply_retention(*, json: Json = False) -> None:
    """Remove what is past the schedule, and keep erased what was erased; run it daily."""
    from ticketstream.doors.person.retain import apply  # noqa: PLC0415

    done = asdict(apply(opened_place(), progress))
    if json:
        say_json(done)
    else:
        say(in_words(done))


@vault.command("rotate")
def rotate_keys() -> None:
    """New master keys: every person's keys are wrapped anew, the log stays as it is."""
    from ticketstream.doors.equip import key_source, open_vault  # noqa: PLC0415
    from ticketstream.vault.rotation import finish, rotate  # noqa: PLC0415

    settings = settings_module.load()
    source, held = key_source(settings), open_vault(settings, identity=True)
    with held.writing() as connection:
        done = rotate(connection, source)
    left = finish(source)
    held.forget_log()
    if done.finished_earlier:
        say("the rotation that was interrupted is finished")
    else:
        say(f"the keys of {done.persons} persons are wrapped anew")
    say(f"{left}, then start every role again")


def _days(days: int | None) -> str:
    return "for ever" if days is None else f"{days} days"
