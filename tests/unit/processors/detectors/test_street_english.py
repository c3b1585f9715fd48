"""British, Irish and American addresses, from the flat to the postcode."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.street_english import find


@pytest.mark.parametrize(
    "text",
    [
        "I live at ⟦12 Rose Lane, Bristol BS1 4DJ⟧",
        "⟦Flat 3, 22 High Street\nLeeds\nLS1 4AP⟧",
        "⟦47B Kingsway Road, Manchester, M14 5RX⟧",
        "⟦The Old Mill, 3 Church Lane, Frome, Somerset BA11 1AA⟧",
        "⟦14 Main Street, Clonakilty, Co. Cork, P85 X2N9⟧",
        "my eircode is ⟦D08 VF8H⟧",
        "⟦1420 Maple Avenue, Apt 4B, Springfield, IL 62704⟧",
        "⟦88 W Oak St, Portland, OR 97205-1234⟧",
        "⟦2250 N Lakeshore Blvd #1204, Chicago, IL 60614⟧",
        "moved to ⟦5 Harbour View⟧ last week",
        "⟦27 Grafton Street, Dublin 2, D02 VF65⟧",
        "⟦Apt 9, Liffey House, Tara Street, Dublin 2, D02 AX38⟧",
        "deliver to ⟦66 Abbey Road⟧ instead of my old place",
        "⟦19 Sawmill Yard, Leeds LS10 0ZZ⟧",
        "⟦Oakfield, Mill Lane, Tewkesbury, GL20 5QP⟧",
        "⟦3 The Square, Kilkenny, R95 K2E8⟧",
        "i live at ⟦9 mill road⟧ now",
        "⟦9 mill road, bath ba1 1aa⟧",
        "⟦7 Abbey Row, Norwich⟧ please",
    ],
)
def test_an_address_is_found_from_flat_to_postcode(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "2 Drawer unit, 3 Way lamp, 12 Months guarantee",
        "The Oxford Street sofa in 3 colours",
        "4 Court shoes, 5 Star service, 1 Drive unit",
        "Emma 2 lamp, Oslo 3 seater, Florence 160 rug, Park Lane sofa",
        "I waited 2 hours and 3 days",
        "the 5 Year guarantee, Black Friday 2026, 50 % off",
        "2 Abbey Road sofas",
        "paid 149.95 Close to the limit",
        "order 12 Lamps",
        "size 9 Green shoes",
        "on 12 March Road works blocked it",
        "July 11, 2010 Screen",
        "100 St",
        "D08 VFHH and A12 1234",
        "the 3 Drive Way lamps",
        "LMP-204 Way",
        "chapter 5 Row 3",
        "25 % Gardens range",
    ],
)
def test_what_is_no_street_stays_readable(text: str) -> None:
    assert found(find, text) == []
