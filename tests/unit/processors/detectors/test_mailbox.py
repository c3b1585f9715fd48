"""Parcel lockers and post boxes."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.mailbox import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦Packstation 145, 22765 Hamburg⟧",
        "an die ⟦Packstation 203⟧ bitte",
        "⟦Postfach 10 11 12, 70010 Stuttgart⟧",
        "⟦packstation 112\n50733 köln⟧",
        "⟦PO Box 221, Austin, TX 78701⟧",
        "⟦P.O. Box 12, Leeds LS1 4AP⟧",
    ],
)
def test_a_locker_or_box_is_found_with_its_city(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "die Packstation war voll",
        "Postfach voll, Box 3 fehlt",
        "Lampe Box 221",
        "Paketbox, 2 Stück",
        "Postfiliale um die Ecke",
        "inbox 12",
    ],
)
def test_what_is_no_box_stays_readable(text: str) -> None:
    assert found(find, text) == []
