"""Files of marked tickets are read as writers write them."""

from pathlib import Path

from ticketstream.doors.settings import ROOT
from ticketstream.learning.entities.marked import KINDS, MARK, UNSURE
from ticketstream.learning.entities.tickets import Ticket, read_tickets

FILES = sorted((ROOT / "knowledge" / "masking").glob("*.txt"))


def test_subject_body_and_sender_are_read(tmp_path: Path) -> None:
    path = tmp_path / "train.en.1.txt"
    path.write_text(
        "### id=EN-1 channel=mail\nSubject: Late ⟦ORDER:KB-1⟧\nFrom: Ada <a@b.example>\n\n"
        "One.\n\nTwo, ⟦PERSON:Ada⟧\n\n### id=EN-2 channel=chat\nSubject:\n\nhi\n",
        "utf-8",
    )
    first, second = read_tickets(path)
    assert first == Ticket("Late ⟦ORDER:KB-1⟧", "One.\n\nTwo, ⟦PERSON:Ada⟧", "Ada <a@b.example>")
    assert first.whole == "Late ⟦ORDER:KB-1⟧\n\nOne.\n\nTwo, ⟦PERSON:Ada⟧"
    assert second == Ticket("", "hi", "")


def test_the_projects_own_tickets_are_marked_right() -> None:
    assert len(FILES) > 2
    for path in FILES:
        for ticket in read_tickets(path):
            assert ticket.body, path.name
            assert "⟦" not in MARK.sub("", ticket.whole), path.name
            assert {m[1] for m in MARK.finditer(ticket.whole)} <= {*KINDS, "-"}, path.name
    assert UNSURE not in KINDS
