"""The events of one ticket, as JSON values -> the same told in words, section by section."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ticketstream.doors.person.labels import kind_of, label
from ticketstream.doors.person.words import WORDS
from ticketstream.processors.decision.words import reason
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import number, percent, word

Told = Mapping[str, Any]
Fact = tuple[str, str]
SAID_BY_STATUS = {"handover", "not_wanted"}
NOBODY = {"name": "", "address": "", "customer_id": ""}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the story.

    Attributes:
        title: what it is about.
        at: when that was recorded, as the event has it; empty where it is no event.
        facts: name and value.
        points: sentences; the first decided, where they are reasons.
        texts: name and what was written.
    """

    title: str
    at: str = ""
    facts: Sequence[Fact] = ()
    points: Sequence[str] = ()
    texts: Sequence[Fact] = ()


def story(events: Sequence[Told], tongue: Tongue, labels: Labels) -> list[Section]:
    """The sections of a ticket, in the order of what happened; texts in the person's own words."""
    teller, topics = Teller(tongue, labels), {event["topic"] for event in events}
    replies = {event["event_id"] for event in events if event["topic"] == "agent.replied"}
    return [
        section
        for event in events
        # what an agent did is told once: as it was, or, once that has expired, as it was compared
        if event["topic"] in TELLERS
        and not (event["topic"] == "agent.edited" and event["cause_id"] in replies)
        for section in TELLERS[event["topic"]](teller, event, topics)
    ]


class Teller:
    """Tells events in one language."""

    def __init__(self, tongue: Tongue, labels: Labels) -> None:
        self.tongue = tongue
        self.labels = labels

    def called(self, label: str) -> str:
        return self.labels.called(label, self.tongue)

    def t(self, key: str) -> str:
        return WORDS[key][self.tongue == "de"]

    def number(self, value: float | None, form: str = ".2f") -> str:
        return "" if value is None else number(format(value, form), self.tongue)

    def facts(self, *pairs: tuple[str, str | int | None]) -> list[Fact]:
        """Named values; what is empty is left out."""
        return [(self.t(name), str(value)) for name, value in pairs if value not in (None, "")]

    def received(self, event: Told, _: Collection[str]) -> list[Section]:
        return [self.wrote(event, event["sender"], event)]

    def wrote(self, event: Told, sender: Told, text: Told | None) -> Section:
        """The person's own words, from the original or, once that has expired, from its copy."""
        external = event["external"] or {}
        who = " ".join(part for part in (sender["name"], _angled(sender["address"])) if part)
        facts = self.facts(
            ("from", who),
            ("customer number", sender["customer_id"]),
            ("channel", word("channel", event["channel"], self.tongue)),
            ("system", external.get("system")),
        )
        return Section(self.t("wrote"), event["recorded_at"], facts, texts=self.written(text))

    def written(self, text: Told | None) -> list[Fact]:
        if not text:
            return [("", self.t("erased"))]
        turns = (
            (turn["author"] or self.t(turn["role"]), turn["text"]) for turn in text["transcript"]
        )
        parts = ((self.t(name), text[name]) for name in ("subject", "text", "quoted"))
        files = (
            (f"{self.t('attachment')} {a.get('file_name') or a.get('name', '')}", a["text"])
            for a in text["attachments"]
        )
        return [(name, value) for name, value in (*parts, *turns, *files) if value]

    def masked(self, event: Told, topics: Collection[str]) -> list[Section]:
        looked_up = self.looked_up(event)
        if "ticket.received" in topics:
            return [looked_up]
        sender = (event["identity"] or {}).get("sender", NOBODY)
        return [self.wrote(event, sender, event["text"]), looked_up]

    def looked_up(self, event: Told) -> Section:
        facts = event["facts"]
        money = facts["currency"]
        found = ", ".join(f"{kind_of(k, self.tongue)}: {n}" for k, n in event["findings"].items())
        amounts = ("customer_value", "order_amount")
        counts = ("order_age_days", "tickets_30d", "tickets_30d_same_case")
        named: list[tuple[str, Any]] = [
            ("language", event["language"]["code"]),
            ("replaced", found),
            *(
                (n, f"{self.number(v)} {money}" if (v := facts[n]) is not None else "")
                for n in amounts
            ),
            *((n, facts[n]) for n in counts),
        ]
        return Section(self.t("looked up"), event["recorded_at"], self.facts(*named))

    def classified(self, event: Told, _: Collection[str]) -> list[Section]:
        mood = event["sentiment"]
        also = (self.called(s["sub_category"]) for s in event["secondary"])
        triggers = (word("trigger", name, self.tongue) for name in event["triggers"])
        models = ", ".join(f"{m['name']} {m['version']}" for m in event["models"])
        about = [self.called(event[name]) for name in ("category", "sub_category")]
        facts = self.facts(
            ("about", " - ".join(about)),
            ("wants", self.called(event["intent"])),
            ("sure", percent(event["confidence"])),
            ("also", ", ".join(also)),
            ("mood", self.number(mood["polarity"])),
            ("anger", percent(mood["anger"])),
            ("urgency", percent(mood["urgency"])),
            ("triggers", ", ".join(triggers)),
            ("spam", percent(event["spam"])),
            ("injection", percent(event["injection"])),
            ("scope", percent(event["out_of_scope"])),
            ("by", models),
        )
        return [Section(self.t("understood"), event["recorded_at"], facts)]

    def routed(self, event: Told, _: Collection[str]) -> list[Section]:
        terms = {name: self.number(value) for name, value in event["escalation"].items()}
        points = [
            reason(r["code"], r["values"], self.tongue, self.labels) for r in event["reasons"]
        ]
        policy, made = event["policy"], event["producer"]
        facts = self.facts(
            ("route", word("route", event["route"], self.tongue)),
            ("queue", word("queue", event["queue"], self.tongue)),
            ("priority", event["priority"]),
            ("due", event["due_at"]),
            ("score", f"{terms['score']} = {self.t('terms').format_map(terms)}"),
            ("policy", f"{policy['id']} {policy['version']}"),
            ("by", f"{made['name']} {made['version']}"),
        )
        return [Section(self.t("decided"), event["recorded_at"], facts, points)]

    def drafted(self, event: Told, _: Collection[str]) -> list[Section]:
        text, model = event["text"] or {}, event["model"]
        sources = ", ".join(f"{s['document']} ({s['version']})" for s in event["sources"])
        told = text.get("handover") or {"facts": [], "open_questions": []}
        lines = "\n".join([*told["facts"], *told["open_questions"]])
        facts = self.facts(
            ("status", word("draft", event["status"], self.tongue)),
            ("why", "" if event["status"] in SAID_BY_STATUS else event["reason"]),
            ("sources", sources),
            ("use", word("send", event["send"]["action"], self.tongue)),
            ("by", f"{model['name']} {model['version']}".strip()),
        )
        texts = self.facts(("answer", text.get("answer")), ("handover", lines))
        return [Section(self.t("proposed"), event["recorded_at"], facts, texts=texts)]

    def replied(self, event: Told, _: Collection[str]) -> list[Section]:
        """`agent.replied` and `agent.edited`: the same act, before and after the comparison."""
        text = event if event["topic"] == "agent.replied" else event["text"] or {}
        after = event.get("label_after") or {}
        if event["topic"] == "agent.edited" and event["before"] != event["after"]:
            after = event["after"]
        labels = (self.called(v) for k, v in after.items() if k != "route" and v)
        facts = self.facts(
            ("did", ", ".join(label(action, self.tongue) for action in event["actions"])),
            ("relabelled", ", ".join(labels)),
            ("why", event["cause"]),
        )
        texts = self.facts(("reply", text.get("final_text")), ("comment", text.get("comment")))
        return [Section(self.t("answered"), event["recorded_at"], facts, texts=texts)]

    def sent(self, event: Told, _: Collection[str]) -> list[Section]:
        facts = self.facts(
            ("how", label(event["mode"], self.tongue)),
            ("status", label(event["status"], self.tongue)),
        )
        return [Section(self.t("sent"), event["recorded_at"], facts)]

    def closed(self, event: Told, _: Collection[str]) -> list[Section]:
        facts = self.facts(
            ("resolution", label(event["resolution"], self.tongue)),
            ("csat", event["csat"]),
        )
        return [Section(self.t("ended"), event["recorded_at"], facts)]


TELLERS: Mapping[str, Callable[[Teller, Told, Collection[str]], list[Section]]] = {
    "ticket.received": Teller.received,
    "ticket.masked": Teller.masked,
    "ticket.classified": Teller.classified,
    "ticket.routed": Teller.routed,
    "draft.created": Teller.drafted,
    "reply.sent": Teller.sent,
    "agent.replied": Teller.replied,
    "agent.edited": Teller.replied,
    "ticket.closed": Teller.closed,
}


def _angled(address: str) -> str:
    return f"<{address}>" if address else ""
