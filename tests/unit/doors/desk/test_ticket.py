"""A ticket's page shows what the read models hold, in words, and what must stay shut."""

import re
from dataclasses import replace

from fastapi.testclient import TestClient
from sqlalchemy import text, update
from tests.unit.doors.desk.reading import shown
from tests.unit.doors.desk.story import LETTER, Desk, outcome, story, ticket_id

from ticketstream.doors.desk.app import create_app
from ticketstream.projections.timeline import timeline
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.routed import TicketRouted


def test_a_ticket_shows_text_decision_draft_sources_and_timeline(
    desk: Desk, client: TestClient
) -> None:
    desk.happens(story(desk, 1))
    desk.happens(outcome(desk, 1))
    page = client.get(f"/ticket/{ticket_id(1)}").text
    seen = shown(page)
    assert "I ordered the Aurora lamp" in seen
    assert "No machine may answer late, not received / ask status alone." in seen
    assert "Written by the machine: extractive 0.1.0" in seen
    assert re.search(r"\[1\] shipping/delivery-times .* Delivery in Germany takes .* support", seen)
    assert "your parcel arrives tomorrow" in seen
    assert "late, not received / ask status → lost parcel / ask status" in seen
    assert "closed solved, confirmed · CSAT 5" in seen
    order = ["received", "masked", "classified", "routed", "draft made", "compared", "closed"]
    bold = re.findall(r"<td><b>([^<]+)</b>", page)
    assert [b.split()[0] for b in bold] == [o.split()[0] for o in order]


def test_what_the_shop_knows_is_shown_with_the_payment(desk: Desk, client: TestClient) -> None:
    owed = Facts(320.0, 129.9, "EUR", payment="open", payment_method="invoice", payment_due=64.9)
    desk.happens(story(desk, 1, facts=owed))
    desk.happens(story(desk, 2))
    seen = shown(client.get(f"/ticket/{ticket_id(1)}").text)
    assert "Payment open by invoice" in seen
    assert "Still owed 64.90 EUR" in seen
    german = shown(client.get(f"/ticket/{ticket_id(1)}?lang=de").text)
    assert "Zahlung offen auf Rechnung" in german
    assert "Zahlung unbekannt" in shown(client.get(f"/ticket/{ticket_id(2)}").text)


def test_a_masked_value_is_marked_and_a_typed_token_is_not(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1, text=r"[ORDER_1-kfqxt] and [\ORDER_1]"))
    page = client.get(f"/ticket/{ticket_id(1)}").text
    assert r'<span class="token">[ORDER_1]</span> and [\ORDER_1]' in page


def test_a_forgotten_person_is_shown_as_erased_with_the_labels_left(
    desk: Desk, client: TestClient
) -> None:
    desk.happens(story(desk, 1))
    desk.vault.forget(desk.person(1))
    page = shown(client.get(f"/ticket/{ticket_id(1)}").text)
    assert "Erased. This person asked to be forgotten" in page
    assert "Aurora" not in page
    assert "late, not received" in page
    assert "Erased" in shown(client.get("/").text)


def test_a_damaged_text_is_said_to_be_damaged(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1))
    with desk.models.engine.begin() as connection:
        connection.execute(update(timeline).values(text=b"not what was sealed"))
    assert "cannot be opened: it is damaged" in client.get(f"/ticket/{ticket_id(1)}").text


class ShutVault:
    def open(self, event: Event, fields: frozenset[str]) -> Event:
        raise VaultError(f"{sorted(fields)} of {event.ticket_id}: away")


def test_a_vault_that_is_away_leaves_the_rest_of_the_page(desk: Desk) -> None:
    desk.happens(story(desk, 1))
    app = create_app(desk.models.engine, ShutVault())
    with TestClient(app, base_url="http://localhost") as client:
        page = client.get(f"/ticket/{ticket_id(1)}").text
        assert "The vault cannot be reached" in page
        assert "suggestion for an agent" in page


def test_a_ticket_on_its_way_says_what_is_missing(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1)[:1])
    page = client.get(f"/ticket/{ticket_id(1)}").text
    assert "Not masked yet" in page
    assert "Not decided yet" in page
    assert "No draft yet" in page


def test_a_decision_without_its_judgement_is_shown(desk: Desk, client: TestClient) -> None:
    desk.happens([e for e in story(desk, 1) if "route" in e.producer.name])
    assert "suggestion for an agent" in client.get(f"/ticket/{ticket_id(1)}").text
    assert "suggestion for an agent" in client.get("/").text


def test_a_handover_shows_what_a_person_needs(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1, route="manual_queue"))
    page = shown(client.get(f"/ticket/{ticket_id(1)}").text)
    assert "The machine wrote no answer: handed over." in page
    assert "order age in days: 18" in page


def test_an_unknown_ticket_and_an_unknown_page_are_404_in_words(client: TestClient) -> None:
    missing = client.get("/ticket/none")
    assert (missing.status_code, "There is no such ticket" in missing.text) == (404, True)
    assert client.get("/nowhere").status_code == 404
    assert 'href="//evil.example' not in client.get("//evil.example/x").text


def test_dead_letters_tell_why_and_where(desk: Desk, client: TestClient) -> None:
    assert "No dead letters" in client.get("/dead").text
    desk.happens([LETTER, replace(LETTER, reason="oversize", ticket_id=ticket_id(1))])
    page = client.get("/dead").text
    assert "ticket.masked/0/7" in page
    assert f'href="/ticket/{ticket_id(1)}"' in page
    assert "1 classify: oversize" in shown(page)


def test_the_page_speaks_german_when_asked_and_remembers(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1))
    german = client.get("/", headers={"Accept-Language": "de-DE,de;q=0.9"}).text
    assert '<html lang="de">' in german
    assert "Vorschlag für Bearbeiter" in german
    asked = client.get(f"/ticket/{ticket_id(1)}?lang=de")
    assert "HttpOnly" in asked.headers["set-cookie"]
    assert "Keine Maschine darf" in client.get(f"/ticket/{ticket_id(1)}").text


def test_the_decision_shows_due_time_priority_terms_and_probabilities(
    desk: Desk, client: TestClient
) -> None:
    events = story(desk, 1)
    routed = next(e for e in events if isinstance(e, TicketRouted))
    drawn = replace(
        routed,
        hint="delay_not_received / ask_status (91%)",
        eligible={"agent_suggestion": 0.985, "manual_queue": 0.015},
        propensity=0.015,
        explored=True,
    )
    desk.happens([*(e for e in events if e is not routed), drawn])
    desk.happens(story(desk, 2))
    seen = shown(client.get(f"/ticket/{ticket_id(1)}").text)
    assert "agents · Priority 3 · Due" in seen
    assert "The machine takes it for: late, not received / ask status (91 %)" in seen
    assert (
        "Escalation score anger, or repeated contact 0.12 \N{MULTIPLICATION SIGN} (always 0.50 +"
        in seen
    )
    assert "among suggestion for an agent 98.5 %, manual queue 1.5 %. It is part of a" in seen
    german = shown(client.get(f"/ticket/{ticket_id(1)}?lang=de").text)
    assert "Kundendienst · Priorität 3 · Fällig" in german
    assert "Ärger oder wiederholter Kontakt 0,12" in german
    assert "98,5 %" in german
    assert "No draw could have changed it." in shown(
        client.get(f"/ticket/{ticket_id(2)}?lang=en").text
    )


def test_read_models_of_another_version_say_what_to_do(desk: Desk, client: TestClient) -> None:
    with desk.models.engine.begin() as connection:
        connection.execute(text("ALTER TABLE ticket RENAME COLUMN route TO way"))
    answer = client.get(f"/ticket/{ticket_id(1)}")
    assert answer.status_code == 503
    assert "ticketstream project" in answer.text
