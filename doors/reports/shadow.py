"""A shadow report, a language, labels -> what is printed of it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ticketstream.doors.output import prose, say, table
from ticketstream.learning.pages.figures import amount, ends, share
from ticketstream.learning.shadow.agreement import Agreement, Confused, Report, Verdict
from ticketstream.learning.shadow.words import (
    WORDS,
    band,
    because,
    differences,
    left_out,
    pair,
    sent,
    verdict,
    way,
)
from ticketstream.processors.taxonomy import Labels, Tongue

FEW = 15  # rows of a table for people; --json and --out have more


def show(r: Report, tongue: Tongue, labels: Labels) -> None:
    """The comparison for people."""
    t = _words(tongue)
    for line in _summary(r, tongue):
        prose(line)
    if not r.decisions:
        return
    say(f"\n{t['verdicts']}")
    head = ["category", "sendable", "reviewed", "agreed", "share", "interval"]
    judged = [(labels.called(v.category, tongue), v) for v in r.verdicts]
    counted = [[name, amount(v.sendable, tongue), *_known(v, tongue)] for name, v in judged]
    table([t[name] for name in head], counted)
    wide = max(len(name) for name, _ in judged)
    for name, v in judged:
        prose(verdict(v, r.bar, tongue), f"  {name.ljust(wide)}  ")
    prose(t["printed_note"])
    by_category = [(labels.called(a.name, tongue), a) for a in r.by_category]
    by_band = [(band(a.name, tongue), a) for a in r.by_band]
    agreed = ["decisions", "reviewed", "agreed", "share", "interval"]
    _agreement([t["by_category"], t["category"], *(t[n] for n in agreed)], by_category, tongue)
    _agreement([t["by_band"], t["confidence"], *(t[n] for n in agreed)], by_band, tongue)
    escalation = [(t[name], getattr(r, name)) for name in ("over_escalated", "missed")]
    known = ["decisions", "known", "tickets", "rate", "interval"]
    _agreement([t["escalation"], "", *(t[n] for n in known)], escalation, tongue)
    prose(t["escalation_note"])
    ways = [c for c in r.routes if c.ours != c.theirs]
    _confusion("routes_differ", ways, tongue, partial(way, tongue=tongue))
    _confusion("labels", r.labels, tongue, partial(pair, tongue=tongue, labels=labels))
    _disagreements(r, tongue, labels)


def _words(tongue: Tongue) -> dict[str, str]:
    return {name: pair[tongue == "de"] for name, pair in WORDS.items()}


def _summary(r: Report, tongue: Tongue) -> Iterator[str]:
    t = _words(tongue)
    counts = {name: amount(getattr(r, name), tongue) for name in ("decisions", "reviewed")}
    yield f"{t['counted'].format(**counts)} {sent(r, tongue)}"
    if left := [f"{amount(n, tongue)} {t[name]}" for n, name in left_out(r)]:
        yield f"{t['left']} {', '.join(left)}"
    if r.decisions:
        yield t["unreviewed"].format(share=share(r.unreviewed.value, tongue))
    else:
        yield t["none"]


def _known(a: Agreement | Verdict, tongue: Tongue) -> list[str]:
    """How many were reviewed, how many of them agreed with, and the share with its interval."""
    counts = [amount(a.reviewed, tongue), amount(a.agreed, tongue)]
    return [
        *counts,
        *((share(a.share.value, tongue), ends(a.share, tongue)) if a.reviewed else ("", "")),
    ]


def _agreement(head: Sequence[str], rows: Sequence[tuple[str, Agreement]], tongue: Tongue) -> None:
    title, *columns = head
    say(f"\n{title}")
    table(columns, [[name, amount(a.decisions, tongue), *_known(a, tongue)] for name, a in rows])


def _confusion(
    title: str, rows: Sequence[Confused], tongue: Tongue, called: Callable[[str], str]
) -> None:
    t = _words(tongue)
    if not rows:
        return
    say(f"\n{t[title]}")
    cells = [[called(c.ours), called(c.theirs), amount(c.tickets, tongue)] for c in rows[:FEW]]
    table([t["ours"], t["theirs"], t["tickets"]], cells)
    if len(rows) > FEW:
        say(f"  {t['more'].format(number=len(rows) - FEW)}")


def _disagreements(r: Report, tongue: Tongue, labels: Labels) -> None:
    t = _words(tongue)
    if not r.reviewed:
        return
    say(f"\n{t['read']}")
    if not r.disagreements:
        say(t["agree_all"])
        return
    shown = r.disagreements[:FEW]
    prose(t["read_note"].format(shown=len(shown), all=amount(r.disagreements_all, tongue)))
    for d in shown:
        say(f"  {d.ticket_id}  {band(d.band, tongue)}  {'; '.join(because(d, tongue)[:1])}")
        for each in differences(d, tongue, labels):
            say(f"      {each}")
