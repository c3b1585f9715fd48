"""Events through the stages in memory: the real transforms, the memory log, keys of the moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ticketstream.doors import equip
from ticketstream.doors.settings import Settings
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.record import Erased
from ticketstream.schemas.topics import EVENTS, dead_topic
from ticketstream.stream.by_policy import always
from ticketstream.stream.memory import MemoryLog, MemoryRecord
from ticketstream.stream.pipeline import LINE
from ticketstream.stream.work import Stage, Work
from ticketstream.vault.keys import KEY_BYTES, MasterKeys, PersonKeys, new_person_key
from ticketstream.vault.ports import Admission, Arrival
from ticketstream.vault.sealing import open_event, seal_event
from ticketstream.vault.store import Vault, sqlite_engine

LARGEST = 16_000_000
BOTH = frozenset({"text", "identity"})
FIXED = b"\0" * KEY_BYTES  # of draws and tokens, so that two runs can be compared


@dataclass(frozen=True, slots=True)
class OneKey:
    """Seals with one pair of keys: in a rehearsal nobody is forgotten."""

    keys: PersonKeys

    def open_all(self, events: Sequence[Event], fields: frozenset[str]) -> list[Event]:
        return [open_event(e, fields, self.keys) for e in events]

    def seal_all(self, events: Sequence[Event]) -> list[Event | Erased]:
        return [seal_event(e, self.keys) for e in events]


@dataclass(slots=True)
class ContextGate:
    """The vault's gate, with facts that the caller states in place of look-ups."""

    vault: Vault
    stated: dict[str, Facts] = field(default_factory=dict)

    def admit(self, arrivals: Sequence[Arrival]) -> list[Admission | Erased]:
        return [
            replace(a, facts=self.stated[arrival.ticket_id])
            if isinstance(a, Admission) and arrival.ticket_id in self.stated
            else a
            for arrival, a in zip(arrivals, self.vault.admit(arrivals), strict=True)
        ]


@dataclass(slots=True)
class Rehearsal:
    """The stages of the line up to `last`, ready to be run in memory."""

    settings: Settings
    last: str
    codec: Codec = field(default_factory=Codec)
    works: dict[str, Work] = field(default_factory=dict)
    gate: ContextGate = field(init=False)
    seals: OneKey = field(init=False)

    def __post_init__(self) -> None:
        keys = MasterKeys(new_person_key(), new_person_key(), new_person_key())
        shop = equip.shop_of(self.settings)
        self.gate = ContextGate(Vault(sqlite_engine(None), keys, shop))
        self.seals = OneKey(PersonKeys(new_person_key(), new_person_key()))
        for stage in self.stages():
            self.works[stage.name] = self._work(stage)

    def stages(self) -> list[Stage]:
        """The stages of the line, the last one included."""
        names = [stage.name for stage in LINE]
        return list(LINE[: names.index(self.last) + 1])

    def run(self, events: Sequence[Event]) -> Iterator[tuple[str, Mapping[str, str], Any]]:
        """Every record that the stages write: topic, headers, and the opened event or raw bytes."""
        log = MemoryLog()
        for event in events:
            topic = next(t for t, kind in EVENTS.items() if kind is type(event))
            sealed = self.seals.seal_all([event])[0]
            if not isinstance(sealed, Erased):
                log.append(topic, event.ticket_id.encode(), self.codec.encode(sealed))
        for stage in self.stages():
            log.run(stage.name, stage.source, self.works[stage.name], stage.largest_batch)
            for topic in (stage.target, dead_topic(stage.source)):
                yield from (self._readable(r) for r in log.topics.get(topic, []))

    def _readable(self, record: MemoryRecord) -> tuple[str, Mapping[str, str], Any]:
        headers = {name: value.decode() for name, value in record.headers}
        headers["ticket_id"] = (record.key or b"").decode("utf-8", "replace")
        if record.topic not in EVENTS:
            return record.topic, headers, record.value
        event = self.codec.decode(EVENTS[record.topic], record.value or b"")
        return record.topic, headers, self.seals.open_all([event], BOTH)[0]

    def _work(self, stage: Stage) -> Work:
        limits = {stage.target: LARGEST}
        begin = always(self._resources(stage.name))
        return Work(stage, begin, self.codec, self.seals, limits)

    def _resources(self, name: str) -> Any:
        if name == "mask":
            return equip.mask_resources(self.gate, self.settings, FIXED)
        if name == "classify":
            return equip.classify_resources(self.settings)
        if name == "route":
            return equip.route_resources(self.settings, FIXED)
        return equip.draft_resources(self.settings)
