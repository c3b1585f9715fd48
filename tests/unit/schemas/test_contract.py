"""The .avsc files are the contract; the dataclasses are their face."""

import json
from typing import Any

import pytest
from tests.unit.schemas import derive

from ticketstream.schemas.codec import FILE_OF, schema_text
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.record import Record
from ticketstream.schemas.topics import EVENTS

ENVELOPE = ["event_id", "ticket_id", "case_id", "cause_id", "occurred_at", "shop", "producer"]


@pytest.mark.parametrize("kind", FILE_OF, ids=lambda k: k.__name__)
def test_a_schema_file_and_its_dataclass_agree_name_by_name_and_type_by_type(
    kind: type[Record],
) -> None:
    assert json.loads(schema_text(FILE_OF[kind])) == derive.record_schema(kind, set())


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda k: k.__name__)
def test_every_event_begins_with_the_envelope_and_all_behind_it_has_a_default(
    kind: type[Event],
) -> None:
    fields = json.loads(schema_text(FILE_OF[kind]))["fields"]
    assert [f["name"] for f in fields[:7]] == ENVELOPE
    assert all("default" in f for f in fields[7:])


@pytest.mark.parametrize("kind", FILE_OF, ids=lambda k: k.__name__)
def test_no_schema_has_an_enum_for_a_reader_that_lacks_a_symbol_would_fail(
    kind: type[Record],
) -> None:
    assert not _enums(json.loads(schema_text(FILE_OF[kind])))


def _enums(node: Any) -> list[Any]:
    if isinstance(node, dict):
        own = [node] if node.get("type") == "enum" else []
        return own + [e for v in node.values() for e in _enums(v)]
    return [e for v in node for e in _enums(v)] if isinstance(node, list) else []
