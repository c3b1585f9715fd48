"""Mails of one person in a row, from the door through the real mask stage and vault."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.read import read
from ticketstream.processors.mask import MaskResources, mask
from ticketstream.processors.masker import Masker
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.received import TicketReceived
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import MasterKeys, new_person_key
from ticketstream.vault.store import Vault, sqlite_engine

Take = Callable[..., list[TicketMasked]]


@pytest.fixture
def take(door: Door) -> Iterator[Take]:
    """Sends messages a minute apart through door and mask, all in one batch or each alone."""
    engine = sqlite_engine(None)
    keys = MasterKeys(new_person_key(), new_person_key(), new_person_key())
    resources = MaskResources(Vault(engine, keys, NoShop()), "test", Masker(b"k" * 64))

    def run(*messages: bytes, together: bool = True, days: int = 0) -> list[TicketMasked]:
        tickets = []
        for minute, data in enumerate(messages):
            at = door.received_at + timedelta(days=days, minutes=minute)
            kind = "line" if data.startswith(b"{") else "mail"
            answer = read(Raw(kind, data, "a:1"), replace(door, received_at=at))  # type: ignore[arg-type]
            assert isinstance(answer, TicketReceived)
            tickets.append(answer)
        batches: Sequence[Sequence[TicketReceived]] = (
            [tickets] if together else [[t] for t in tickets]
        )
        masked = [m for batch in batches for m in mask(batch, resources)]
        return [m for m in masked if isinstance(m, TicketMasked)]

    yield run
    engine.dispose()


def mail(name: str, subject: str, sender: str = "jana@brandt.example", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Jana Brandt <{sender}>"
    message["Subject"] = subject
    message["Message-ID"] = f"<{name}@brandt.example>"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content(f"Hallo, hier {name}.")
    return message.as_bytes()


def cases(tickets: list[TicketMasked]) -> list[str]:
    return [ticket.case_id for ticket in tickets]


BURST = (
    mail("one", "Lampe flackert"),
    mail("two", "Re: Lampe flackert"),
    mail("three", "AW: WG: lampe flackert"),
    mail("four", "Foto vergessen", In_Reply_To="<two@brandt.example>"),
    mail("five", "Und noch eins", References="<one@brandt.example> <x@y.example>"),
)


@pytest.mark.parametrize("together", [True, False])
def test_a_burst_of_one_person_on_one_matter_is_one_case(take: Take, together: bool) -> None:
    tickets = take(*BURST, together=together)
    assert len(set(cases(tickets))) == 1
    assert cases(tickets)[0] == tickets[0].ticket_id
    assert len({t.ticket_id for t in tickets}) == 5
    assert [t.facts.tickets_30d_same_case for t in tickets] == [0, 1, 2, 3, 4]


def test_the_burst_sent_again_changes_no_case_and_no_count(take: Take) -> None:
    assert take(*BURST) == take(*BURST) == take(*BURST, together=False)


@pytest.mark.parametrize("together", [True, False])
def test_a_burst_without_a_subject_is_one_case_and_what_comes_later_is_another(
    take: Take, together: bool
) -> None:
    burst = take(mail("one", ""), mail("two", "Re: "), mail("three", ""), together=together)
    assert len(set(cases(burst))) == 1
    (later,) = take(mail("four", ""), days=1)
    (stranger,) = take(mail("five", "", sender="ben@post.example"))
    assert len({burst[0].case_id, later.case_id, stranger.case_id}) == 3


def test_another_matter_and_another_person_are_cases_of_their_own(take: Take) -> None:
    one, other, stranger = take(
        mail("one", "Lampe flackert"),
        mail("two", "Rechnung fehlt"),
        mail("three", "Lampe flackert", sender="ben@post.example"),
    )
    assert len({one.case_id, other.case_id, stranger.case_id}) == 3
    assert one.person == other.person != stranger.person


def test_the_same_subject_months_later_is_a_new_case(take: Take) -> None:
    (first,) = take(mail("one", "Lampe flackert"))
    (late,) = take(mail("two", "Lampe flackert"), days=40)
    assert first.case_id != late.case_id


def test_a_form_and_a_mail_of_one_person_on_one_matter_are_one_case(take: Take) -> None:
    form = {
        "channel": "form",
        "subject": "Lampe flackert",
        "text": "Hallo",
        "sender": {"address": "JANA@brandt.example"},
    }
    tickets = take(json.dumps(form).encode(), mail("two", "Lampe flackert"))
    assert len(set(cases(tickets))) == 1
