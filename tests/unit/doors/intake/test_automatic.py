import pytest

from ticketstream.doors.intake.automatic import automatic
from ticketstream.doors.intake.headers import Headers
from ticketstream.schemas.envelope import AutoKind


def h(**values: str) -> Headers:
    return {name.replace("_", "-"): (value,) for name, value in values.items()}


PERSON = h(from_="Jana Brandt <jana@brandt.example>", subject="Lampe")

MACHINES: list[tuple[str, AutoKind, Headers]] = [
    ("vacation", "auto_replied", h(auto_submitted="auto-replied (vacation)")),
    (
        "exchange",
        "auto_replied",
        h(x_auto_response_suppress="All", subject="Automatische Antwort: Ihre Bestellung"),
    ),
    ("old responder", "auto_replied", h(x_autoreply="yes", precedence="auto_reply")),
    ("away", "auto_replied", h(return_path="<>", subject="Out of office: your order")),
    (
        "encoded subject",
        "auto_replied",
        h(return_path="<>", subject="=?utf-8?q?Nicht_im_B=C3=BCro?="),
    ),
    ("sieve", "auto_replied", h(return_path="<>", subject="Auto: Ihre Lampe")),
    ("sieve notice", "auto_generated", h(auto_submitted="auto-notified; owner-email=a@b.example")),
    ("cron", "auto_generated", h(auto_submitted="auto-generated")),
    (
        "notice",
        "auto_generated",
        h(**{"from": "no-reply@shop.example"}, x_auto_response_suppress="All"),
    ),
    ("newsletter", "bulk", h(precedence="bulk", list_unsubscribe="<mailto:x@news.example>")),
    ("campaign", "bulk", h(list_unsubscribe_post="List-Unsubscribe=One-Click", feedback_id="1:2")),
    ("bounce", "bounce", h(**{"from": "MAILER-DAEMON@mx.example"}, return_path="<>")),
    (
        "exchange bounce",
        "bounce",
        h(**{"from": "postmaster@b.example"}, return_path="<>", subject="Unzustellbar: Lampe"),
    ),
    (
        "old bounce",
        "bounce",
        h(x_failed_recipients="a@b.example", subject="Mail delivery failed: returning message"),
    ),
]


@pytest.mark.parametrize(
    ("kind", "headers"), [m[1:] for m in MACHINES], ids=[m[0] for m in MACHINES]
)
def test_machines_are_known_by_a_standard_or_by_two_signs(kind: AutoKind, headers: Headers) -> None:
    assert automatic(headers).kind == kind


PEOPLE: list[tuple[str, Headers]] = [
    ("nothing", PERSON),
    (
        "a postmaster is a person, too",
        h(**{"from": "postmaster@brandt.example"}, subject="Paket unzustellbar"),
    ),
    ("subject alone", h(subject="Out of office chair: undeliverable, im Urlaub")),
    ("null path alone", h(return_path="<>")),
    ("suppress alone", h(x_auto_response_suppress="OOF")),
    ("suppress none", h(x_auto_response_suppress="None", subject="Automatic reply")),
    ("precedence alone", h(precedence="bulk")),
    ("unsubscribe alone", h(list_unsubscribe="<mailto:x@y.example>")),
    ("says no", h(auto_submitted="no", subject="Automatic reply to my mail")),
    (
        "support address is a group",
        h(
            list_id="<support.kestrel-birch.example>",
            list_post="<mailto:support@kestrel-birch.example>",
            list_unsubscribe="<mailto:u@g.example>",
            precedence="list",
            mailing_list="list support@kestrel-birch.example",
        ),
    ),
    (
        "contact form",
        h(
            **{"from": "wordpress@web.example", "reply_to": "jana@brandt.example"},
            auto_submitted="auto-generated",
        ),
    ),
]


@pytest.mark.parametrize("headers", [p[1] for p in PEOPLE], ids=[p[0] for p in PEOPLE])
def test_one_unreliable_header_makes_no_machine_of_a_person(headers: Headers) -> None:
    assert automatic(headers).kind == "no"


@pytest.mark.parametrize(
    ("report", "kind"),
    [
        ("delivery-status", "bounce"),
        ("disposition-notification", "auto_replied"),
        ("feedback-report", "auto_generated"),
        ("unknown", "no"),
    ],
)
def test_a_report_says_itself_what_it_is(report: str, kind: AutoKind) -> None:
    assert automatic(PERSON, report).kind == kind


def test_signals_name_headers_and_no_person() -> None:
    found = automatic(
        h(**{"from": "mailer-daemon@brandt.example"}, return_path="<>", list_id="<jana.brandt>")
    )
    assert found.signals == ("null_return_path", "sender=daemon", "list-id")
