"""Which parts of a ticket speak for it."""

import pytest

from ticketstream.processors.ticket_parts import judged_text
from ticketstream.schemas.masked import AttachmentText, TicketText
from ticketstream.schemas.received import Turn
from ticketstream.schemas.record import Sealed


def test_a_chat_is_judged_by_what_the_customer_wrote() -> None:
    turns = (Turn("bot", "", "Hello!"), Turn("customer", "", "My lamp is broken"))
    assert judged_text(TicketText(transcript=turns)) == "My lamp is broken"


def test_an_attachment_speaks_only_where_nobody_else_does() -> None:
    attached = (AttachmentText("1", "scan.pdf", "I withdraw from the contract"),)
    assert judged_text(TicketText(attachments=attached)) == "I withdraw from the contract"
    assert judged_text(TicketText(text="Hi", attachments=attached)) == "Hi"


def test_sealed_text_is_not_judged() -> None:
    with pytest.raises(TypeError, match="open text"):
        judged_text(Sealed(b""))
