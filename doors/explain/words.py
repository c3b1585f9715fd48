"""The words around an explanation, in English and German."""

from collections.abc import Mapping

from ticketstream.processors.words import Pair

WORDS: Mapping[str, Pair] = {
    "ticket": ("ticket", "Ticket"),
    "answers": ("answers", "antwortet auf"),
    "judged": ("judged by", "eingeschätzt von"),
    "calibration": ("calibration", "Kalibrierung"),
    "asked": ("asked for a second opinion:", "nach zweiter Meinung gefragt:"),
    "instead": ("“{said}” instead of “{own}”", "„{said}“ statt „{own}“"),
    "drafted": ("drafted by", "entworfen von"),
    "knowledge": ("knowledge", "Wissensstand"),
    "undecided": ("not decided yet", "noch nicht entschieden"),
    "decision": ("decided:", "entschieden:"),
    "priority": ("priority", "Priorität"),
    "due": ("due", "fällig"),
    "policy": ("policy", "Regelwerk"),
    "decides": ("this decided", "das gab den Ausschlag"),
    "hint": ("the machine takes it for", "die Maschine hält es für"),
    "escalation": ("escalation score", "Eskalationswert"),
    "shadow": ("shadow mode: it would have been", "Schattenbetrieb: es wäre gewesen"),
    "chances": ("could have been:", "möglich waren:"),
    "wrote": ("what the customer wrote, masked:", "was der Kunde schrieb, maskiert:"),
    "proposed": ("what the machine proposed:", "was die Maschine vorschlug:"),
}
ORIGINS: Mapping[str, Pair] = {
    "published": ("published", "veröffentlicht"),
    "local": ("local", "von hier"),
    "shipped": ("shipped", "mitgeliefert"),
}
AGAIN: Mapping[str, Pair] = {
    "same": (
        "decided again under policy {policy} ({hash}, {origin}): the same event, to the byte",
        "unter Regelwerk {policy} ({hash}, {origin}) neu entschieden: dasselbe, Byte für Byte",
    ),
    "differs": (
        "decided again under policy {policy} ({hash}, {origin}): another event, in {differs}",
        "unter Regelwerk {policy} ({hash}, {origin}) neu entschieden: anders in {differs}",
    ),
    "no_policy": (
        "not decided again: the policy {policy} ({hash}) is neither published nor on this machine",
        "nicht neu entschieden: das Regelwerk {policy} ({hash}) ist weder veröffentlicht noch hier",
    ),
    "no_ticket": (
        "not decided again: the log has lost the classification that was decided",
        "nicht neu entschieden: die Einordnung, über die entschieden wurde, ist nicht mehr im Log",
    ),
    "no_key": (
        "not decided again: the key of the draws is not on this machine",
        "nicht neu entschieden: der Schlüssel der Lose ist nicht auf diesem Rechner",
    ),
}
