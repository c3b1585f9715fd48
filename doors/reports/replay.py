"""A replay, a language -> what is printed of it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ticketstream.doors.output import prose, say, table
from ticketstream.learning.pages.figures import amount, amounts, ends, share
from ticketstream.learning.replay.compare import Replayed
from ticketstream.learning.replay.intervals import Estimate
from ticketstream.learning.replay.page import left_out
from ticketstream.learning.replay.words import WORDS, because, unit
from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import word


class Form(NamedTuple):
    """How a value is written, and the interval around it."""

    value: Callable[[float, Tongue], str]
    interval: Callable[[Estimate, Tongue], str]


SHARE, AMOUNT = Form(share, ends), Form(amount, amounts)
SIDES = {"auto": SHARE, "assisted": SHARE, "wrong": AMOUNT, "cost": AMOUNT}


def show(r: Replayed, tongue: Tongue) -> None:
    """The comparison for people."""

    def t(name: str) -> str:
        return WORDS[name][tongue == "de"]

    say(f"{t('title').format(policy=f'{r.policy.id} {r.policy.version}')} ({r.policy.hash[:12]})")
    for line in _summary(r, tongue):
        prose(line)
    if not r.compared:
        return
    say(f"\n{t('moves')}")
    moves = [[*_ways(m.before, m.after, tongue), amount(m.tickets, tongue)] for m in r.matrix]
    table([t("before"), t("after"), t("tickets")], moves)
    say(f"\n{t('sides')} ({t('interval')})")
    table(["", t("before"), "", t("after"), ""], [_side(name, r, tongue) for name in SIDES])
    say(t("wrong_note"))
    say(f"\n{t('workload')}")
    table([t("queue"), t("before"), t("after"), t("share_after"), ""], list(_loads(r, tongue)))
    if r.changed:
        say(f"\n{t('changed')}")
        head = [t("ticket"), t("before"), t("after"), t("confidence"), t("because")]
        table(head, list(_changed(r, tongue)))
        say(t("explain"))


def _summary(r: Replayed, tongue: Tongue) -> Iterator[str]:
    t = {name: pair[tongue == "de"] for name, pair in WORDS.items()}
    if r.compared:
        counts = {n: amount(getattr(r, n), tongue) for n in ("compared", "moved")}
        yield t["moved"].format(share=share(r.moved / r.compared, tongue), **counts)
        then = (f"{name} ({amount(n, tongue)})" for name, n in r.policies.items())
        yield f"{t['then']} {', '.join(then)}"
    else:
        yield t["nothing"]
    if left := [f"{amount(n, tongue)} {t[name]}" for n, name in left_out(r)]:
        yield f"{t['left']} {', '.join(left)}"
    if r.shadow:
        yield t["shadow"]


def _ways(before: str, after: str, tongue: Tongue) -> tuple[str, str]:
    return word("route", before, tongue), word("route", after, tongue)


def _side(name: str, r: Replayed, tongue: Tongue) -> list[str]:
    form = SIDES[name]
    sides = [getattr(side, name) for side in (r.before, r.after)]
    told = [t for e in sides for t in (form.value(e.value, tongue), form.interval(e, tongue))]
    return [WORDS[name][tongue == "de"].format(unit=unit(r.unit, tongue)), *told]


def _loads(r: Replayed, tongue: Tongue) -> Iterator[list[str]]:
    for q in r.workload:
        counts = [amount(n, tongue) for n in (q.before, q.after)]
        name = word("queue", q.queue, tongue)
        yield [name, *counts, share(q.share.value, tongue), ends(q.share, tongue)]


def _changed(r: Replayed, tongue: Tongue) -> Iterator[list[str]]:
    for c in r.changed:
        why = because(c.reason_before, c.reason_after, tongue)
        yield [c.ticket_id, *_ways(c.before, c.after, tongue), share(c.confidence, tongue), why]
