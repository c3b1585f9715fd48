"""Codes of events -> words for the person whom they are about; labels are the taxonomy's."""

from collections.abc import Mapping

from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import Pair, plain

GERMAN: Mapping[str, str] = {
    # what agents did, what left the house, how it ended
    "sent_unchanged": "unverändert verschickt",
    "edited": "überarbeitet",
    "rejected": "verworfen",
    "replied": "selbst geantwortet",
    "reclassified": "anders eingeordnet",
    "rerouted": "anders zugewiesen",
    "escalated": "weitergegeben",
    "auto": "von der Maschine",
    "agent": "von einem Menschen",
    "external": "durch ein anderes System",
    "sent": "verschickt",
    "failed": "nicht verschickt",
    "unknown": "unbekannt",
    "confirmed": "gelöst, bestätigt",
    "assumed": "wohl gelöst",
    "unresolved": "nicht gelöst",
    "merged": "mit einem anderen Ticket verbunden",
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
    """A code in words; in German as far as the table goes, else without its underscores."""
    return GERMAN.get(code, plain(code)) if tongue == "de" else plain(code)
