"""Rules that fired, and draws -> sentences for people, in English and German."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import Pair, number, percent, plain, word

REASONS: Mapping[str, Pair] = {
    "auto_generated": (
        "No person sent it: it is {kind}.",
        "Kein Mensch hat es verschickt: es ist {kind}.",
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
# a rule by its name, where there is no room for a sentence and nothing of what it looked at
RULES: Mapping[str, Pair] = {
    "auto_generated": ("not sent by a person", "nicht von einem Menschen verschickt"),
    "spam": ("spam", "Spam"),
    "legal_demand": ("legal or privacy demand", "rechtliche oder Datenschutz-Forderung"),
    "trigger": ("words for a specialist", "Wörter für die Fachstelle"),
    "charged_back": ("payment charged back", "Zahlung zurückgebucht"),
    "safety": ("danger to safety", "Gefahr für die Sicherheit"),
    "escalation": ("high escalation score", "hoher Eskalationswert"),
    "high_value_order": ("valuable order", "hoher Bestellwert"),
    "out_of_scope": ("nothing this shop handles", "nichts, was dieser Shop behandelt"),
    "injection": ("gives the machine orders", "gibt der Maschine Befehle"),
    "language": ("language not supported", "Sprache nicht unterstützt"),
    "audit": ("drawn for a check", "zur Prüfung gezogen"),
    "explored": ("drawn for a trial", "für einen Versuch gezogen"),
    "whitelisted": ("sure, and a machine may answer", "sicher, und eine Maschine darf antworten"),
    "not_whitelisted": (
        "sure, but no machine may answer this alone",
        "sicher, aber keine Maschine darf das allein beantworten",
    ),
    "several_requests": ("several requests at once", "mehrere Anliegen auf einmal"),
    "anger": ("angry customer", "verärgerter Kunde"),
    "second_opinion": ("unmeasured second opinion", "ungemessene zweite Meinung"),
    "kill_switch": ("automatic replies switched off", "automatische Antworten abgeschaltet"),
    "confident": ("sure enough for a suggestion", "sicher genug für einen Vorschlag"),
    "unsure": ("not sure enough", "nicht sicher genug"),
}
# a reason's value -> the table of its codes
CODES = {"trigger": "trigger", "instead_of": "route", "kind": "machine", "status": "opinion"}
SHARES = ("confidence", "anger")  # values that are shares
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def reason(code: str, values: Mapping[str, str], tongue: Tongue, labels: Labels) -> str:
    """A rule that fired, as a sentence; an unknown one as its code with what it looked at."""
    pair = REASONS.get(code)
    if pair is None:
        listed = ", ".join(f"{plain(k)} {v}" for k, v in values.items())
        return f"{plain(code)} ({listed})" if listed else plain(code)
    return pair[tongue == "de"].format_map(_Values(values, tongue, labels))


def rule(code: str, tongue: Tongue) -> str:
    """A rule's name; an unknown one as its code."""
    pair = RULES.get(code)
    return plain(code) if pair is None else pair[tongue == "de"]


class _Values(dict[str, str]):
    """A reason's values as words; one that is missing becomes a question mark."""

    def __init__(self, values: Mapping[str, Any], tongue: Tongue, labels: Labels) -> None:
        super().__init__({k: _value(k, str(v), tongue, labels) for k, v in values.items()})

    def __missing__(self, key: str) -> str:
        return "?"


def _value(name: str, value: str, tongue: Tongue, labels: Labels) -> str:
    if name in CODES:
        return word(CODES[name], value, tongue)
    if name in OF_LABELS:
        return OF_LABELS[name](value, tongue, labels)
    if NUMBER.fullmatch(value):
        return percent(float(value)) if name in SHARES else number(value, tongue)
    return plain(value)


def _pair(value: str, tongue: Tongue, labels: Labels) -> str:
    return " / ".join(labels.called(part, tongue) for part in value.split("/"))


def _language(value: str, tongue: Tongue, _: Labels) -> str:
    return {"en": value, "de": "unbekannt"}[tongue] if value == "unknown" else value


OF_LABELS: Mapping[str, Callable[[str, Tongue, Labels], str]] = {
    "pair": _pair,
    "intent": lambda value, tongue, labels: labels.called(value, tongue),
    "language": _language,
}


def chances(eligible: Mapping[str, float], tongue: Tongue) -> str:
    """The ways that draws could have chosen, the likeliest first."""
    likely = sorted(eligible.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{word('route', way, tongue)} {_chance(p, tongue)}" for way, p in likely)


def _chance(probability: float, tongue: Tongue) -> str:
    return (
        number(f"{probability * 100:.1f}".removesuffix(".0"), tongue) + "\N{NARROW NO-BREAK SPACE}%"
    )
