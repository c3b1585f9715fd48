"""Codes of events -> words for people, in English and German."""

from collections.abc import Mapping
from typing import Any

from ticketstream.processors.taxonomy import Labels, Tongue

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
REASONS: Mapping[str, Pair] = {
    "auto_generated": (
        "A machine sent it ({kind}).",
        "Eine Maschine hat es verschickt ({kind}).",
    ),
    "spam": ("It is spam (score {score}).", "Es ist Spam (Wert {score})."),
    "legal_demand": (
        "It makes a legal or privacy demand ({intent}).",
        "Es stellt eine rechtliche oder Datenschutz-Forderung ({intent}).",
    ),
    "trigger": (
        "It contains words of the class “{trigger}”.",
        "Es enthält Wörter der Klasse „{trigger}“.",
    ),
    "charged_back": (
        "The payment of the order was charged back.",
        "Die Zahlung der Bestellung wurde zurückgebucht.",
    ),
    "safety": (
        "It reports a danger to somebody's safety.",
        "Es meldet eine Gefahr für die Sicherheit.",
    ),
    "escalation": (
        "The escalation score {score} reaches the limit {limit}.",
        "Der Eskalationswert {score} erreicht die Grenze {limit}.",
    ),
    "high_value_order": (
        "The order is worth {amount}, the limit is {limit}.",
        "Die Bestellung ist {amount} wert, die Grenze ist {limit}.",
    ),
    "out_of_scope": (
        "It is about something this shop does not handle (score {score}).",
        "Es geht um etwas, das dieser Shop nicht behandelt (Wert {score}).",
    ),
    "injection": (
        "It tries to give the machine orders (score {score}).",
        "Es versucht, der Maschine Befehle zu geben (Wert {score}).",
    ),
    "language": (
        "Its language is not supported ({language}).",
        "Seine Sprache wird nicht unterstützt ({language}).",
    ),
    "whitelisted": (
        "A machine may answer {pair}, and it is sure enough ({confidence}).",
        "Eine Maschine darf {pair} beantworten und ist sicher genug ({confidence}).",
    ),
    "not_whitelisted": (
        "No machine may answer {pair} alone.",
        "Keine Maschine darf {pair} allein beantworten.",
    ),
    "several_requests": (
        "It makes {count} requests at once.",
        "Es enthält {count} Anliegen auf einmal.",
    ),
    "anger": ("The customer is angry ({anger}).", "Der Kunde ist verärgert ({anger})."),
    "second_opinion": (
        "A language model was asked ({status}), and nobody measured how often it is right.",
        "Ein Sprachmodell wurde gefragt ({status}), und niemand hat gemessen, wie oft es stimmt.",
    ),
    "kill_switch": (
        "Automatic replies are switched off.",
        "Automatische Antworten sind abgeschaltet.",
    ),
    "audit": (
        "It was drawn for a check by a person.",
        "Es wurde zur Prüfung durch einen Menschen gezogen.",
    ),
    "explored": (
        "It was drawn for a trial: not “{instead_of}”, but the neighbouring way.",
        "Es wurde für einen Versuch gezogen: nicht „{instead_of}“, sondern der Weg daneben.",
    ),
    "confident": (
        "The machine is sure enough for a suggestion ({confidence}).",
        "Die Maschine ist sicher genug für einen Vorschlag ({confidence}).",
    ),
    "unsure": (
        "The machine is not sure enough ({confidence}).",
        "Die Maschine ist nicht sicher genug ({confidence}).",
    ),
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
}
CODES = {"trigger": "trigger", "instead_of": "route"}  # a reason's value -> the table of its codes


def word(table: str, code: str | None, tongue: Tongue) -> str:
    """A code in words; one that the table lacks, without its underscores."""
    pair = TABLES.get(table, {}).get(code or "")
    return plain(code) if pair is None else pair[tongue == "de"]


def plain(code: str | None) -> str:
    """A label as text: `delay_not_received` -> `delay not received`."""
    return (code or "").replace("_", " ")


def reason(code: str, values: Mapping[str, str], tongue: Tongue, labels: Labels) -> str:
    """A rule that fired, as a sentence; an unknown one as its code with what it looked at."""
    pair = REASONS.get(code)
    if pair is None:
        listed = ", ".join(f"{plain(k)} {v}" for k, v in values.items())
        return f"{plain(code)} ({listed})" if listed else plain(code)
    return pair[tongue == "de"].format_map(_Values(values, tongue, labels))


class _Values(dict[str, str]):
    """A reason's values as words; one that is missing becomes a question mark."""

    def __init__(self, values: Mapping[str, Any], tongue: Tongue, labels: Labels) -> None:
        super().__init__({k: _value(k, str(v), tongue, labels) for k, v in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def _value(name: str, value: str, tongue: Tongue, labels: Labels) -> str:
    if name in CODES:
        return word(CODES[name], value, tongue)
    if name == "pair":
        return " / ".join(labels.called(part, tongue) for part in value.split("/"))
    if name == "intent":
        return labels.called(value, tongue)
    if tongue == "de" and value.replace(".", "", 1).isdigit():
        return value.replace(".", ",")
    return plain(value)
