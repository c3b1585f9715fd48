"""Settings -> the doors that stay open: `POST /tickets`, and a mailbox that is polled."""

import sqlite3
from datetime import date
from threading import Event

import structlog

from ticketstream.doors.desk.serve import Server
from ticketstream.doors.equip import codec_of, key_source
from ticketstream.doors.intake.counts import DoorCounts
from ticketstream.doors.intake.http import Gate, create_app
from ticketstream.doors.intake.imap import poll
from ticketstream.doors.intake.imap_door import ImapDoor
from ticketstream.doors.intake.imap_login import Mailbox, mailbox_of
from ticketstream.doors.intake.loops import Rates
from ticketstream.doors.intake.notes import Notes
from ticketstream.doors.intake_door import door_of
from ticketstream.doors.settings import Settings, secret_in
from ticketstream.schemas.errors import BrokerError, MailboxError, SettingError
from ticketstream.stream.health import serve_health
from ticketstream.stream.publish import Publisher
from ticketstream.stream.topics import require

LOCAL = ("127.0.0.1", "::1", "localhost")
LONGEST_PAUSE = 300.0  # seconds
TOPICS = ["ticket.received", "intake.dead"]

log = structlog.get_logger("ticketstream.intake")


def http_server(settings: Settings, brokers: str) -> Server:
    """`POST /tickets`, bound to its address.

    Raises:
        SettingError: an address that others reach, and no token.
        BrokerError: no broker, or no topics.
    """
    local, token = settings.intake_host in LOCAL, secret_in(settings.intake_token, "INTAKE_TOKEN")
    if not (local or token):
        raise SettingError(
            f"TICKETSTREAM_INTAKE_HOST is {settings.intake_host}, which others reach: set "
            "TICKETSTREAM_INTAKE_TOKEN to a file with the token that they must show"
        )
    require(brokers, TOPICS)
    key, counts = key_source(settings).load("intake"), DoorCounts("http")
    publisher = Publisher(brokers, codec_of(settings))
    gate = Gate(
        lambda: door_of(settings, key), notes_of(settings), publisher.deliver, counts, token
    )
    serve_counts(settings, counts)
    app = create_app(gate, ("127.0.0.1", "localhost") if local else ("*",))
    return Server(app, settings.intake_host, settings.intake_port, "intake")


def mailbox(settings: Settings, since: date | None) -> Mailbox:
    """The mailbox of the settings.

    Raises:
        SettingError: none is set, or it is set wrong.
    """
    if not settings.imap:
        raise SettingError("set TICKETSTREAM_IMAP to the mailbox: imaps://USER@HOST/FOLDER")
    password = secret_in(settings.imap_password, "IMAP_PASSWORD")
    return mailbox_of(settings.imap, password, settings.imap_done, since)


def imap_door(settings: Settings, brokers: str, counts: DoorCounts) -> ImapDoor:
    """What takes the mails of a mailbox in.

    Raises:
        BrokerError: no broker, or no topics.
    """
    require(brokers, TOPICS)
    key, codec = key_source(settings).load("intake"), codec_of(settings)
    return ImapDoor(
        door=lambda: door_of(settings, key),
        publisher=lambda: Publisher(brokers, codec),
        notes=notes_of(settings),
        rates=Rates(settings.loop_matter, settings.loop_sender),
        counts=counts,
    )


def poll_once(settings: Settings, brokers: str, since: date | None) -> dict[str, int]:
    """Look at the mailbox once; how many tickets, dead letters, loops, and mails left there.

    Raises:
        MailboxError, BrokerError: nothing of what failed was marked.
        SettingError: the mailbox is set wrong.
    """
    door = imap_door(settings, brokers, DoorCounts("imap"))
    told = poll(mailbox(settings, since), door.take)
    return {**door.told, "left": told.left}


def keep_polling(settings: Settings, brokers: str, since: date | None, stop: Event) -> None:
    """Look at the mailbox until told to stop. What is away now is asked again, with pauses.

    Raises:
        SettingError: the mailbox is set wrong: no further try mends it.
    """
    counts = DoorCounts("imap")
    place, door = mailbox(settings, since), imap_door(settings, brokers, counts)
    serve_counts(settings, counts)
    pause = settings.imap_seconds
    while not stop.is_set():
        try:
            told = poll(place, door.take)
            pause = settings.imap_seconds
        except (MailboxError, BrokerError, OSError, sqlite3.Error) as error:
            pause = min(2 * pause, max(LONGEST_PAUSE, settings.imap_seconds))
            log.warning("mailbox_away", error=type(error).__name__, seconds=pause)
        else:
            counts.left(told.left)
            if told.left:
                log.warning("mails_left", mails=told.left)
        stop.wait(pause)


def notes_of(settings: Settings) -> Notes:
    """What the doors of this host remember."""
    return Notes(settings.home / "intake.db")


def serve_counts(settings: Settings, counts: DoorCounts) -> int:
    """/metrics and the probes of a door; returns their port."""
    host, port = settings.metrics_host, settings.metrics_port
    port = serve_health(counts.registry, lambda: True, lambda: True, host, port)
    log.info("door_starts", metrics_port=port)
    return port
