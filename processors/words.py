"""Codes of events -> words for people, in English and German."""

from collections.abc import Mapping

from ticketstream.processors.taxonomy import Tongue

Pair = tuple[str, str]  # English, German

ROUTES: Mapping[str, Pair] = {
    "auto_reply": ("automatic reply", "automatische Antwort"),
    "agent_suggestion": ("suggestion for an agent", "Vorschlag für Bearbeiter"),
    "manual_queue": ("manual queue", "manuelle Bearbeitung"),
    "escalate_senior": ("to a senior", "an erfahrene Bearbeiter"),
    "escalate_specialist": ("to a specialist", "an Fachstelle"),
    "no_reply": ("no reply", "keine Antwort"),
    "none": ("not decided yet", "noch nicht entschieden"),
}
TERMS: Mapping[str, Pair] = {
    "sentiment": ("anger, or repeated contact", "Ärger oder wiederholter Kontakt"),
    "base": ("always", "immer"),
    "value": ("value of the customer", "Wert des Kunden"),
    "trigger": ("keywords", "Stichwörter"),
    "history": ("earlier tickets of the case", "frühere Tickets des Falls"),
}
QUEUES: Mapping[str, Pair] = {  # of the shipped policy; a shop's own names are its own words
    "automatic": ("automatic", "automatisch"),
    "agents": ("agents", "Kundendienst"),
    "senior": ("senior", "erfahrene Bearbeiter"),
    "specialist": ("specialist", "Fachstelle"),
    "privacy": ("privacy", "Datenschutz"),
    "junk": ("junk", "Werbung und Automatisches"),
}
MACHINES: Mapping[str, Pair] = {
    "auto_replied": ("an automatic reply", "eine automatische Antwort"),
    "auto_generated": ("a notice of a program", "eine Meldung eines Programms"),
    "bulk": ("a circular", "eine Rundmail"),
    "bounce": ("an undeliverable mail", "eine unzustellbare Mail"),
}
OPINIONS: Mapping[str, Pair] = {
    "agreed": ("it agreed", "es stimmte zu"),
    "overruled": ("its answer counts", "seine Antwort gilt"),
    "kept": ("the own answer stays", "die eigene Antwort bleibt"),
    "failed": ("no usable answer", "keine brauchbare Antwort"),
    "over_budget": ("not asked: the budget is spent", "nicht gefragt: das Budget ist verbraucht"),
    "circuit_open": ("not asked: it was failing", "nicht gefragt: es fiel gerade aus"),
    "withheld": ("not asked: the text must not leave", "nicht gefragt: der Text darf nicht hinaus"),
}
DRAFTS: Mapping[str, Pair] = {
    "drafted": ("drafted", "entworfen"),
    "not_answerable": ("not answerable", "nicht beantwortbar"),
    "no_grounding": ("no source", "keine Quelle"),
    "handover": ("handed over", "übergeben"),
    "not_wanted": ("not wanted", "nicht gewünscht"),
    "failed": ("failed", "gescheitert"),
}
SENDS: Mapping[str, Pair] = {
    "auto": ("may be sent without a person", "darf ohne Menschen verschickt werden"),
    "after_review": ("waits for a person to review it", "wartet auf Prüfung durch einen Menschen"),
    "never": ("is not sent", "wird nicht verschickt"),
}
TOPICS: Mapping[str, Pair] = {
    "ticket.received": ("received", "eingegangen"),
    "ticket.masked": ("masked", "maskiert"),
    "ticket.classified": ("classified", "eingeordnet"),
    "ticket.routed": ("routed", "zugewiesen"),
    "draft.created": ("draft made", "Entwurf erstellt"),
    "reply.sent": ("reply sent", "Antwort verschickt"),
    "agent.replied": ("answered by an agent", "von Bearbeiter beantwortet"),
    "agent.edited": ("compared with the draft", "mit dem Entwurf verglichen"),
    "ticket.closed": ("closed", "abgeschlossen"),
    "policy.changed": ("policy changed", "Regeln geändert"),
}
TRIGGERS: Mapping[str, Pair] = {
    "lawyer": ("lawyer", "Anwalt"),
    "gdpr": ("data protection", "Datenschutz"),
    "chargeback": ("chargeback", "Rückbuchung"),
    "consumer_protection": ("consumer protection", "Verbraucherschutz"),
    "safety": ("safety", "Sicherheit"),
    "press": ("press", "Presse"),
    "cancellation": ("cancellation", "Kündigung"),
}
PAYMENTS: Mapping[str, Pair] = {
    "open": ("open", "offen"),
    "paid": ("paid", "bezahlt"),
    "refunded": ("refunded", "erstattet"),
    "chargeback": ("charged back", "zurückgebucht"),
}
METHODS: Mapping[str, Pair] = {
    "card": ("by card", "mit Karte"),
    "direct_debit": ("by direct debit", "per Lastschrift"),
    "invoice": ("by invoice", "auf Rechnung"),
    "paypal": ("by PayPal", "mit PayPal"),
    "transfer": ("by transfer", "per Überweisung"),
    "other": ("in another way", "auf anderem Weg"),
}
CHANNELS: Mapping[str, Pair] = {
    "mail": ("mail", "E-Mail"),
    "form": ("form", "Formular"),
    "chat": ("chat", "Chat"),
}
TABLES: Mapping[str, Mapping[str, Pair]] = {
    "route": ROUTES,
    "draft": DRAFTS,
    "send": SENDS,
    "topic": TOPICS,
    "trigger": TRIGGERS,
    "channel": CHANNELS,
    "payment": PAYMENTS,
    "method": METHODS,
    "term": TERMS,
    "queue": QUEUES,
    "machine": MACHINES,
    "opinion": OPINIONS,
}

GERMAN_MARKS = str.maketrans(",.", ".,")


def word(table: str, code: str | None, tongue: Tongue) -> str:
    """A code in words; one that the table lacks, without its underscores."""
    pair = TABLES.get(table, {}).get(code or "")
    return plain(code) if pair is None else pair[tongue == "de"]


def plain(code: str | None) -> str:
    """A label as text: `delay_not_received` -> `delay not received`."""
    return (code or "").replace("_", " ")


def percent(value: float | None) -> str:
    """A share as whole percent."""
    return "" if value is None else f"{value:.0%}".replace("%", "\N{NARROW NO-BREAK SPACE}%")


def number(value: float | str, tongue: Tongue) -> str:
    """A number as the tongue writes it; one that is given as text keeps its decimals."""
    text = f"{value:.2f}" if isinstance(value, float) else value
    told = f"{float(text):,.{len(text.partition('.')[2])}f}"
    return told.translate(GERMAN_MARKS) if tongue == "de" else told
