"""Events through a real schema registry: registered, found, checked, refused."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import BrokerError, UndecodableError
from ticketstream.stream.local import registry

pytestmark = pytest.mark.system
if importlib.util.find_spec("authlib") is None:
    pytest.skip("the registry extra is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    home = tmp_path_factory.mktemp("registry")
    started = registry.start(home, cache)
    yield started.url
    registry.stop(home)


def codec(url: str) -> Codec:
    from ticketstream.stream.schema_registry import Registry

    return Codec(Registry(url))


@pytest.mark.parametrize("event", SAMPLES, ids=lambda e: type(e).__name__)
def test_every_event_is_registered_written_and_read_back_by_another_process(
    url: str, event: Event
) -> None:
    data = codec(url).encode(event)
    assert data[:1] == b"\0"
    assert codec(url).decode(type(event), data) == event
    assert codec(url).encode(event) == data


def test_a_schema_id_that_nobody_registered_is_a_dead_letter_and_no_crash(url: str) -> None:
    data = codec(url).encode(SAMPLES[0])
    with pytest.raises(UndecodableError) as caught:
        codec(url).decode(type(SAMPLES[0]), b"\0" + (99_999).to_bytes(4) + data[5:])
    assert caught.value.reason == "unknown_schema"


def test_the_registry_holds_what_the_schemas_say(url: str) -> None:
    from ticketstream.stream.schema_registry import Registry

    for event in SAMPLES:
        codec(url).encode(event)
    assert Registry(url).check() == []


def test_a_registry_that_is_away_says_so() -> None:
    with pytest.raises(BrokerError, match="no schema registry answers at"):
        codec("http://127.0.0.1:1").encode(SAMPLES[0])
