"""The shipped classifier, and masked tickets for it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from ticketstream.processors.calibration import CALIBRATION, read_calibration
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import Heads
from ticketstream.processors.lexicon import shipped_triggers
from ticketstream.processors.orders import Orders
from ticketstream.processors.snapshots import reader_of
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.masked import TicketMasked, TicketText

MODELS = Path(__file__).parents[3] / "models"


def shipped() -> ClassifyResources:
    heads = Heads.load(MODELS / "heads", shipped_labels())
    encoder = Encoder.load(MODELS / "encoder")
    reader = reader_of(heads.manifest, encoder)
    calibration = read_calibration(MODELS / "heads" / CALIBRATION)
    orders = Orders.load(MODELS / "orders", encoder.manifest)
    return ClassifyResources.of(reader, heads, calibration, shipped_triggers(), "1", orders=orders)


def ticket(text: str, subject: str = "", number: int = 1) -> TicketMasked:
    return TicketMasked(
        event_id=UUID(int=number),
        ticket_id=str(UUID(int=number)),
        case_id="case",
        cause_id=None,
        occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
        shop="kestrel",
        producer=Producer("mask", "1"),
        text=TicketText(subject=subject, text=text),
    )
