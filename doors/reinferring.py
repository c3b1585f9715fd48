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
from ticketstream.learning.reinfer.answers import answers_then
from ticketstream.learning.reinfer.tally import Reinferred
from ticketstream.learning.reinfer.trial import Trial, reinfer
from ticketstream.learning.replay.stored import Wanted
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import SettingError, UndecodableError
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.stream.pipeline import CLASSIFY, DRAFT, MASK
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import create_replay
from ticketstream.stream.work import Deciding, Work, event_headers
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
    """What is asked for.

    Attributes:
        stage: mask, classify or draft.
        name: of the trial.
        wanted: which tickets.
        snapshot: for classify, the model that answers; empty for the one that decides.
        emit: publish the answers.
    """

    stage: str
    name: str
    wanted: Wanted
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
    trial = _trial(settings, brokers, order, codec)
    trial = replace(trial, tell=tell, wanted=order.wanted)
    then = answers_then(read_all(brokers, [stage.target]), stage.target, codec)
    records = read_all(brokers, [stage.source])
    if not order.emit:
        return reinfer(trial, records, then), ""
    topic = create_replay(brokers, trial.topic)
    with Publisher(brokers, codec) as publisher:

        def emit(to: str, event: Any) -> None:
            key, headers = event.ticket_id.encode(), event_headers(to, event)
            publisher.send_raw(to, key, codec.encode(event), headers)

        return reinfer(replace(trial, emit=emit), records, then), topic


def _trial(settings: Settings, brokers: str, order: Order, codec: Codec) -> Trial:
    stage, limits = STAGES[order.stage], {STAGES[order.stage].target: LARGEST}
    if stage is MASK:
        return _masking(settings, brokers, order, codec)
    prepare = {CLASSIFY.name: classify_by, DRAFT.name: draft_by}[stage.name](settings)

    @cache
    def deciding(shop: str) -> Any:
        policy = standing(settings, brokers, shop or settings.shop).policy
        return prepare(_with_snapshot(settings, policy, order.snapshot))

    def begin() -> Deciding:
        return deciding

    seals = equip.open_vault(settings, identity=False)
    return Trial(Work(stage, begin, codec, seals, limits), order.name)


def _with_snapshot(settings: Settings, policy: Policy, name: str) -> Policy:
    if not name:
        return policy
    wanted = snapshots_of(settings).find(name).active
    active = replace(policy.active, model=wanted.model, calibration=wanted.calibration)
    return replace(policy, active=active)


def _masking(settings: Settings, brokers: str, order: Order, codec: Codec) -> Trial:
    """Mask's work; a ticket that was never masked has no keys to seal with."""
    admissions = dict(_admissions(read_all(brokers, [MASK.target]), codec))
    token_key = equip.key_source(settings).load("tokens")
    resources = equip.mask_resources(Remembered(admissions), settings, token_key)
    vault = equip.open_vault(settings, identity=True)
    work = Work(MASK, lambda: lambda _shop: resources, codec, vault, {MASK.target: LARGEST})
    return Trial(work, order.name, admitted=admissions.__contains__)


def _admissions(records: Iterable[Read], codec: Codec) -> Iterator[tuple[str, Admission]]:
    for record in records:
        try:
            event = codec.decode(TicketMasked, record.value or b"")
        except UndecodableError:
            continue
        yield event.ticket_id, Admission(event.person, event.case_id, event.facts)
