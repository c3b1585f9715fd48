"""Settings and a stage -> what it would answer today, without a trace in vault or live topics."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ticketstream.doors import equip
from ticketstream.doors.deciding import classify_by, draft_by, snapshots_of
from ticketstream.doors.policies import standing
from ticketstream.doors.settings import Settings
from ticketstream.learning.reinfer import Reinferred, Trial, answers_then, reinfer
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import SettingError, UndecodableError
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.stream.pipeline import CLASSIFY, DRAFT, MASK
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import create_replay
from ticketstream.stream.work import Deciding, Stage, Work, event_headers
from ticketstream.vault.ports import Admission, Arrival

STAGES = {stage.name: stage for stage in (MASK, CLASSIFY, DRAFT)}
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,40}")
LARGEST = 2_000_000  # bytes of an answer, as the live topics take


@dataclass(frozen=True, slots=True)
class Remembered:
    """The vault's gate, answered from what `mask` stored: nobody is admitted anew."""

    admissions: Mapping[str, Admission]

    def admit(self, arrivals: Sequence[Arrival]) -> list[Admission | Erased]:
        return [self.admissions.get(arrival.ticket_id, ERASED) for arrival in arrivals]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: a stage, a name for the trial, a snapshot for classify, and to publish."""

    stage: str
    name: str
    snapshot: str = ""
    emit: bool = False


def again(
    settings: Settings, brokers: str, order: Order, tell: Callable[[int], None]
) -> tuple[Reinferred, str]:
    """Answer again what the source topic holds now; returns the comparison and the topic, if any.

    No language model is asked, no person is admitted, no live topic is written.

    Raises:
        SettingError: the name cannot be part of a topic's.
        BrokerError, VaultError, ModelError: what is needed cannot be read.
    """
    if not NAME.fullmatch(order.name):
        raise SettingError(f"--producer is {order.name!r}: use a-z, 0-9, dot, dash, underscore")
    settings = settings.model_copy(update={"language_model": None})
    stage, codec = STAGES[order.stage], equip.codec_of(settings)
    work = _work(settings, brokers, order, codec)
    then = answers_then(read_all(brokers, [stage.target]), stage.target, codec)
    records = read_all(brokers, [stage.source])
    if isinstance(work, _Masking):
        records, work = work.known(records), work.work
    if not order.emit:
        return reinfer(Trial(work, order.name, None, tell), records, then), ""
    topic = create_replay(brokers, Trial(work, order.name).topic)
    with Publisher(brokers, codec) as publisher:

        def emit(to: str, event: Any) -> None:
            key, headers = event.ticket_id.encode(), event_headers(to, event)
            publisher.send_raw(to, key, codec.encode(event), headers)

        return reinfer(Trial(work, order.name, emit, tell), records, then), topic


@dataclass(frozen=True, slots=True)
class _Masking:
    """Mask's work, and which tickets it knows; what was never masked has no keys to seal with."""

    work: Work
    tickets: frozenset[bytes]

    def known(self, records: Iterable[Read]) -> Iterator[Read]:
        return (record for record in records if record.key in self.tickets)


def _work(settings: Settings, brokers: str, order: Order, codec: Codec) -> Any:
    stage, limits = STAGES[order.stage], {STAGES[order.stage].target: LARGEST}
    if stage is MASK:
        return _masking(settings, brokers, codec, stage)
    prepare = {CLASSIFY.name: classify_by, DRAFT.name: draft_by}[stage.name](settings)

    @cache
    def deciding(shop: str) -> Any:
        policy = standing(settings, brokers, shop or settings.shop).policy
        return prepare(_with_snapshot(settings, policy, order.snapshot))

    def begin() -> Deciding:
        return deciding

    return Work(stage, begin, codec, equip.open_vault(settings, identity=False), limits)


def _with_snapshot(settings: Settings, policy: Policy, name: str) -> Policy:
    if not name:
        return policy
    wanted = snapshots_of(settings).find(name).active
    active = replace(policy.active, model=wanted.model, calibration=wanted.calibration)
    return replace(policy, active=active)


def _masking(settings: Settings, brokers: str, codec: Codec, stage: Stage) -> _Masking:
    admissions = dict(_admissions(read_all(brokers, [stage.target]), codec))
    token_key = equip.key_source(settings).load("tokens")
    resources = equip.mask_resources(Remembered(admissions), settings, token_key)
    vault = equip.open_vault(settings, identity=True)
    work = Work(stage, lambda: lambda _shop: resources, codec, vault, {stage.target: LARGEST})
    return _Masking(work, frozenset(ticket.encode() for ticket in admissions))


def _admissions(records: Iterable[Read], codec: Codec) -> Iterator[tuple[str, Admission]]:
    for record in records:
        try:
            event = codec.decode(TicketMasked, record.value or b"")
        except UndecodableError:
            continue
        yield event.ticket_id, Admission(event.person, event.case_id, event.facts)
