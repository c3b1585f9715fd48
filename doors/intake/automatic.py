"""Headers in, whether a machine sent the mail out: two independent signs, or one standard's word.

No single header that a mail program may set by habit decides. Supporting signs weigh one, what a
standard defines for the purpose (Auto-Submitted, multipart/report) weighs two; two are needed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ticketstream.doors.intake.headers import Headers, first, people, words
from ticketstream.schemas.envelope import AutoKind
from ticketstream.schemas.received import AutoSubmitted

ENOUGH = 2
KEYWORD = re.compile(r"\s*([a-z-]+)")  # parameters and comments may follow
STANDARD, SUPPORTING = 2, 1
ORDER: tuple[AutoKind, ...] = ("bounce", "auto_replied", "auto_generated", "bulk")

DAEMONS = frozenset({"mailer-daemon", "mail-daemon", "mailerdaemon"})
POSTMASTER = "postmaster"  # a mail server, or the person who looks after it
NO_REPLY = re.compile(r"(do[-_.]?not|no|keine?)[-_.]?(reply|answer|antwort)s?\b.*", re.IGNORECASE)
AWAY = re.compile(
    r"^auto:|\b(out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response)|on vacation|"
    r"abwesenheits(notiz|nachricht|meldung)|abwesend|nicht im (büro|haus)|"
    r"automatische (antwort|rückmeldung|e-?mail)|autom\. antwort|im urlaub)\b",
    re.IGNORECASE,
)
UNDELIVERED = re.compile(
    r"\b(undeliver(able|ed)|delivery (status notification|has failed|failure)|"
    r"mail delivery (failed|system)|returned mail|failure notice|unzustellbar|nicht zustellbar|"
    r"zustellung fehlgeschlagen|unzustellbarkeit)\b",
    re.IGNORECASE,
)
REPORTS: dict[str, AutoKind] = {
    "delivery-status": "bounce",
    "disposition-notification": "auto_replied",
    "feedback-report": "auto_generated",
}
REPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from")
DISCUSSION = ("list-post", "mailing-list", "x-mailing-list", "x-google-group-id")
CAMPAIGN = ("feedback-id", "x-csa-complaints", "x-campaign-id", "x-campaignid", "x-mailgun-tag")


class Sign(NamedTuple):
    """One sign that a machine wrote: its name, and what it speaks for with which weight."""

    name: str
    weights: tuple[tuple[AutoKind, int], ...]


def automatic(headers: Headers, report_type: str = "", own: Iterable[Sign] = ()) -> AutoSubmitted:
    """The kind that enough signs agree on, and every sign that was seen (names, no values).

    Args:
        headers: of the mail.
        report_type: that of a multipart/report mail.
        own: signs that it is our own mail coming back.
    """
    signs = [*own, *_by_standard(headers, report_type), *_by_habit(headers), *_by_list(headers)]
    if any(sign.name != f"sender={POSTMASTER}" for sign in signs):
        signs += _by_subject(words(first(headers, "subject")))
    weight = dict.fromkeys(ORDER, 0)
    for sign in signs:
        for kind, value in sign.weights:
            weight[kind] += value
    if _speaks_for_a_person(headers):
        weight["auto_generated"] -= SUPPORTING
    found: AutoKind = next((kind for kind in ORDER if weight[kind] >= ENOUGH), "no")
    return AutoSubmitted(found, tuple(sign.name for sign in signs))


def _by_standard(headers: Headers, report_type: str) -> Iterator[Sign]:
    """RFC 3834, RFC 3462 and their like."""
    submitted = KEYWORD.match(first(headers, "auto-submitted").lower())
    keyword = submitted[1] if submitted else ""
    if keyword == "auto-replied":
        yield Sign("auto_submitted=auto-replied", (("auto_replied", STANDARD),))
    elif keyword.startswith("auto-"):
        yield Sign("auto_submitted=auto-generated", (("auto_generated", STANDARD),))
    if kind := REPORTS.get(report_type):
        yield Sign(f"report={report_type}", ((kind, STANDARD),))
    elif report_type:
        yield Sign("report", (("bounce", SUPPORTING),))


def _by_habit(headers: Headers) -> Iterator[Sign]:
    """Headers that many machines set, and some people's mail programs, too."""
    local = next((s.address.partition("@")[0].lower() for s in people(headers, "from")), "")
    machine: tuple[tuple[AutoKind, int], ...] = (
        ("auto_replied", SUPPORTING),
        ("auto_generated", SUPPORTING),
    )
    if first(headers, "return-path").replace(" ", "") == "<>":
        yield Sign("null_return_path", (("bounce", SUPPORTING), *machine))
    if local in DAEMONS:
        yield Sign("sender=daemon", (("bounce", SUPPORTING),))
    if local == POSTMASTER:
        yield Sign(f"sender={POSTMASTER}", (("bounce", SUPPORTING),))
    if NO_REPLY.fullmatch(local):
        yield Sign("sender=no-reply", (("auto_generated", SUPPORTING), ("bulk", SUPPORTING)))
    if "x-failed-recipients" in headers:
        yield Sign("failed_recipients", (("bounce", SUPPORTING),))
    if first(headers, "x-auto-response-suppress").lower() not in {"", "none"}:
        yield Sign("auto_response_suppress", machine)
    if any(first(headers, name).lower() not in {"", "no"} for name in REPLY_HEADERS):
        yield Sign("autoreply", (("auto_replied", SUPPORTING),))
    if first(headers, "precedence").lower() in {"auto_reply", "auto-reply"}:
        yield Sign("precedence=auto_reply", (("auto_replied", SUPPORTING),))


def _by_list(headers: Headers) -> Iterator[Sign]:
    """Lists and newsletters (RFC 2369, 2919, 8058).

    A support address that is itself a group puts List-Post and its kin on every customer's mail,
    so all headers of a discussion are one supporting sign together.
    """
    bulk: tuple[tuple[AutoKind, int], ...] = (("bulk", SUPPORTING),)
    precedence = first(headers, "precedence").lower()
    if precedence in {"bulk", "junk"}:
        yield Sign(f"precedence={precedence}", bulk)
    if precedence == "list" or any(name in headers for name in DISCUSSION):
        yield Sign("list", bulk)
    else:
        yield from (Sign(n, bulk) for n in ("list-id", "list-unsubscribe") if n in headers)
    if "list-unsubscribe-post" in headers:
        yield Sign("list-unsubscribe-post", bulk)
    if any(name in headers for name in CAMPAIGN):
        yield Sign("campaign", bulk)


def _by_subject(subject: str) -> list[Sign]:
    """Words of the subject: they support headers, and prove nothing alone."""
    away = Sign("subject=away", (("auto_replied", SUPPORTING),))
    undelivered = Sign("subject=undelivered", (("bounce", SUPPORTING),))
    found = ((AWAY, away), (UNDELIVERED, undelivered))
    return [sign for pattern, sign in found if pattern.search(subject)]


def _speaks_for_a_person(headers: Headers) -> bool:
    """Whether answers go to another house: a form mailer writes for the person who filled it in."""
    houses = [
        {s.address.rpartition("@")[2].lower() for s in people(headers, name)}
        for name in ("reply-to", "from")
    ]
    return bool(houses[0]) and houses[0].isdisjoint(houses[1])
