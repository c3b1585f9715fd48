"""Codes of events -> words for the person whom they are about; labels are the taxonomy's."""

from collections.abc import Mapping

from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import Pair, plain

OUTCOMES: Mapping[str, Pair] = {
    # what agents did, what left the house, how it ended
    "sent_unchanged": ("sent unchanged", "unverändert verschickt"),
    "edited": ("edited", "überarbeitet"),
    "rejected": ("rejected", "verworfen"),
    "replied": ("replied", "selbst geantwortet"),
    "reclassified": ("reclassified", "anders eingeordnet"),
    "rerouted": ("rerouted", "anders zugewiesen"),
    "escalated": ("escalated", "weitergegeben"),
    "auto": ("by the machine", "von der Maschine"),
    "agent": ("by a person", "von einem Menschen"),
    "external": ("by another system", "durch ein anderes System"),
    "sent": ("sent", "verschickt"),
    "failed": ("not sent", "nicht verschickt"),
    "unknown": ("unknown", "unbekannt"),
    "confirmed": ("solved, confirmed", "gelöst, bestätigt"),
    "assumed": ("probably solved", "wohl gelöst"),
    "unresolved": ("not solved", "nicht gelöst"),
    "merged": ("merged with another ticket", "mit einem anderen Ticket verbunden"),
}
# what the masker finds, by type (processors/detectors/)
KINDS: Mapping[str, Pair] = {
    "PERSON": ("name", "Name"),
    "EMAIL": ("mail address", "Mailadresse"),
    "PHONE": ("phone number", "Telefonnummer"),
    "ADDRESS": ("address", "Anschrift"),
    "LOCATION": ("place", "Ort"),
    "IBAN": ("IBAN", "IBAN"),
    "BIC": ("BIC", "BIC"),
    "CARD": ("card number", "Kartennummer"),
    "ORDER": ("order number", "Bestellnummer"),
    "INVOICE": ("invoice number", "Rechnungsnummer"),
    "TRACKING": ("tracking number", "Sendungsnummer"),
    "CUSTOMER": ("customer number", "Kundennummer"),
    "DATE_OF_BIRTH": ("date of birth", "Geburtsdatum"),
    "TAX_ID": ("tax number", "Steuernummer"),
    "ID_DOCUMENT": ("number of an identity document", "Ausweisnummer"),
    "IP": ("IP address", "IP-Adresse"),
    "USERNAME": ("user name", "Benutzername"),
    "URL": ("web address", "Webadresse"),
    "LICENSE_PLATE": ("license plate", "Autokennzeichen"),
    "HEALTH": ("state of health", "Gesundheit"),
}


def kind_of(found: str, tongue: Tongue) -> str:
    """A type of the masker in words."""
    return KINDS[found][tongue == "de"] if found in KINDS else plain(found.lower())


def label(code: str, tongue: Tongue) -> str:
    """What agents did or what became of it in words; an unknown code without its underscores."""
    return OUTCOMES[code][tongue == "de"] if code in OUTCOMES else plain(code)
