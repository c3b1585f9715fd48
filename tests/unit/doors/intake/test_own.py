from dataclasses import replace

import pytest

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.mail import received_from_mail
from ticketstream.doors.intake.own import MARK, mark_of
from ticketstream.schemas.received import AutoSubmitted

OWN = "support@kestrel-birch.example"


@pytest.fixture
def shop(door: Door) -> Door:
    return replace(door, own=frozenset({OWN}))


def automatic(shop: Door, *headers: str) -> AutoSubmitted:
    return received_from_mail("\n".join((*headers, "", "Hallo")).encode(), shop).auto_submitted


def test_a_mail_that_carries_our_mark_is_ours_whoever_sends_it_back(shop: Door) -> None:
    mark = mark_of(shop, "<r1@kestrel-birch.example>")
    head = ("From: jana@brandt.example", "Message-ID: <r1@kestrel-birch.example>")
    assert automatic(shop, *head, f"{MARK}: {mark}").kind == "auto_generated"
    assert automatic(shop, *head, f"{MARK}: {mark[:-1]}0").kind == "no"
    assert automatic(shop, head[0], "Message-ID: <r2@x.example>", f"{MARK}: {mark}").kind == "no"
    assert automatic(shop, head[0], f"{MARK}: {mark_of(shop, '')}").kind == "no"
    assert automatic(replace(shop, id_key=b"other"), *head, f"{MARK}: {mark}").kind == "no"


@pytest.mark.parametrize(
    "headers",
    [
        (f"From: Shop <{OWN}>", "Message-ID: <a@kestrel-birch.example>"),
        (f"From: {OWN.upper()}", f"Reply-To: {OWN}", "Message-ID: <a@kestrel-birch.example>"),
        (f"From: {OWN}", *(["Received: from a by b"] * 30)),
        (f"From: {OWN}", *([f"Delivered-To: {OWN}"] * 2)),
        ("From: a@b.example", *(["Received: from a by b"] * 30), *([f"X-Loop: {OWN}"] * 2)),
    ],
)
def test_two_signs_make_it_our_own_mail(shop: Door, headers: tuple[str, ...]) -> None:
    assert automatic(shop, *headers).kind == "auto_generated"


@pytest.mark.parametrize(
    "headers",
    [
        (f"From: {OWN}", "Message-ID: <a@elsewhere.example>"),
        (f"From: {OWN}", "Reply-To: jana@b.example", "Message-ID: <a@kestrel-birch.example>"),
        ("From: a@b.example", f"Delivered-To: {OWN}", "Message-ID: <a@kestrel-birch.example>"),
        ("From: a@b.example", *(["Received: from a by b"] * 30)),
        ("From: a@b.example", f"Reply-To: {OWN}"),
    ],
)
def test_one_sign_or_a_form_on_our_site_is_a_person(shop: Door, headers: tuple[str, ...]) -> None:
    assert automatic(shop, *headers).kind == "no"


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_delivery_report_refers_to_the_mail_that_it_gives_back(shop: Door, kind: str) -> None:
    lines = (
        "From: MAILER-DAEMON@mx.example",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "",
        "Could not be delivered.",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Action: failed",
        "",
        "--b",
        f"Content-Type: {kind}",
        "",
        "Message-ID: <r1@kestrel-birch.example>",
        "Subject: Ihre Lampe",
        "",
        "--b--",
    )
    ticket = received_from_mail("\n".join(lines).encode(), shop)
    assert ticket.auto_submitted.kind == "bounce"
    assert ticket.message.references == ("<r1@kestrel-birch.example>",)
