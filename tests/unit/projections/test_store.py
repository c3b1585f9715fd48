"""Rows are upserts by key; rows and positions stand together; all of it can be made again."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, String, Table, select
from tests.unit.projections.rows import LETTER, START, apply, placed, rows
from tests.unit.schemas.samples import SAMPLES, TICKET

from ticketstream.projections.placed import Place, Placed
from ticketstream.projections.projection import Projection, Write
from ticketstream.projections.store import PROJECTIONS, ReadModels, RebuiltError, read_engine
from ticketstream.projections.tickets import ticket
from ticketstream.projections.timeline import timeline
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.topics import EVENTS

OTHER = "11111111-0f3f-5a55-9c39-2f8d0f3f7a10"


def other_ticket(event: Event) -> Event:
    return replace(event, ticket_id=OTHER, event_id=UUID(int=event.event_id.int + 1000))


def of_one_channel(event: Event) -> Event:
    # every event of a ticket carries its channel along; the samples stand each for itself
    changed: dict[str, Any] = {"channel": "chat"} if hasattr(event, "channel") else {}
    return replace(event, **changed)


EVERY = [of_one_channel(e) for e in SAMPLES]
LOG = placed([*EVERY, LETTER, *map(other_ticket, EVERY)])


def one_row(models: ReadModels, ticket_id: str = TICKET) -> dict[str, object]:
    with models.engine.connect() as connection:
        found = connection.execute(select(ticket).where(ticket.c.ticket_id == ticket_id)).one()
    return dict(found._mapping)


def test_every_event_fills_its_own_columns_of_the_tickets_row(models: ReadModels) -> None:
    apply(models, LOG)
    row = one_row(models)
    assert row["occurred_at"] == SAMPLES[0].occurred_at
    assert (row["channel"], row["language"]) == ("chat", "de")
    assert (row["category"], row["confidence"]) == ("delivery", 0.91)
    assert (row["route"], row["shadow_route"]) == ("agent_suggestion", "auto_reply")
    assert row["reasons"] == [{"code": "confident", "values": {"confidence": "0.91"}}]
    assert (row["draft_status"], row["sent_status"]) == ("drafted", "sent")
    assert (row["edit_distance"], row["csat"]) == (0.25, 5)
    steps = ["received", "masked", "classified", "routed", "drafted", "sent", "replied", "edited"]
    assert [row[f"{step}_at"] for step in [*steps, "closed"]] == [
        START + timedelta(seconds=n) for n in range(9)
    ]


def test_applying_a_batch_twice_changes_nothing(models: ReadModels) -> None:
    apply(models, LOG)
    before = rows(models)
    apply(models, LOG)
    assert rows(models) == before


def test_the_same_events_at_later_places_change_nothing_either(models: ReadModels) -> None:
    apply(models, LOG)
    before = rows(models)
    again = [replace(r, offset=r.offset + 100, recorded_at=r.recorded_at + timedelta(hours=1))
             for r in LOG if r.event is not LETTER]  # fmt: skip
    apply(models, again)
    assert rows(models) == before


@pytest.mark.parametrize("seed", range(12))
def test_topics_in_any_order_give_the_same_rows(tmp_path: Path, seed: int) -> None:
    inorder = ReadModels(read_engine("sqlite://"))
    apply(inorder, LOG)
    shuffled = ReadModels(read_engine("sqlite://"))
    apply(shuffled, *([r] for r in interleaved(LOG, random.Random(seed))))
    assert rows(shuffled) == rows(inorder)
    inorder.engine.dispose()
    shuffled.engine.dispose()


def interleaved(log: list[Placed], dice: random.Random) -> list[Placed]:
    """The records of each topic in their order, the topics in none."""
    by_topic: dict[str, list[Placed]] = defaultdict(list)
    for record in log:
        by_topic[record.topic].append(record)
    turns = [r.topic for r in log]
    dice.shuffle(turns)
    return [by_topic[topic].pop(0) for topic in turns]


def test_a_newer_judgement_of_the_same_ticket_takes_the_older_ones_place(
    models: ReadModels,
) -> None:
    first = next(e for e in SAMPLES if isinstance(e, TicketClassified))
    second = replace(first, event_id=UUID(int=77), category="other", confidence=0.4)
    apply(models, placed([first, second]))
    assert (one_row(models)["category"], one_row(models)["confidence"]) == ("other", 0.4)
    assert len(rows(models)["timeline"]) == 2


def test_a_mail_that_comes_twice_came_when_it_came_first(models: ReadModels) -> None:
    first = SAMPLES[0]
    late = replace(SAMPLES[1], occurred_at=first.occurred_at + timedelta(days=1))
    apply(models, placed([late, first]))
    assert one_row(models)["occurred_at"] == first.occurred_at


def test_an_outcome_without_its_ticket_waits_and_is_not_counted(models: ReadModels) -> None:
    apply(models, placed([SAMPLES[8]]))
    assert one_row(models)["csat"] == 5
    assert rows(models)["tickets_by_route"] == []


def test_no_read_model_keeps_text_that_can_be_read(models: ReadModels) -> None:
    apply(models, LOG)
    kept = repr(rows(models))
    for clear in ("Lena", "KB-4821973", "lena@mail.example", "Päckchen", "Guten Tag", "foto.png"):
        assert clear not in kept
    assert "sealed text" in kept
    assert "sealed identity" not in kept


def test_an_interrupted_batch_leaves_rows_and_positions_as_they_were(models: ReadModels) -> None:
    def fails(_: Placed) -> Write:
        raise RuntimeError("in the middle")

    broken = Projection("broken", 1, MetaData(), {TicketReceived: fails})
    interrupted = ReadModels(models.engine, (*PROJECTIONS, broken))
    apply(interrupted, LOG[1:9])
    before, start = rows(interrupted), interrupted.start()
    with pytest.raises(RuntimeError, match="in the middle"):
        apply(interrupted, LOG)
    assert rows(interrupted) == before
    assert interrupted.start() == start


def test_positions_stand_behind_the_last_record_of_each_partition(models: ReadModels) -> None:
    apply(models, [*LOG, Placed("ticket.received", 3, 41, START, None)])
    positions = models.start().positions
    assert positions[Place("ticket.received", 0)] == 2
    assert positions[Place("ticket.received", 3)] == 42
    assert positions[Place("ticket.masked.dead", 0)] == 1


def test_a_rebuild_gives_identical_rows(models: ReadModels) -> None:
    apply(models, LOG[:9], LOG[9:])
    before = rows(models)
    models.rebuild()
    assert models.start().positions == {}
    assert not any(rows(models).values())
    apply(models, LOG)
    assert rows(models) == before


def test_who_started_before_a_rebuild_must_start_again(models: ReadModels) -> None:
    lives = models.start().lives
    models.apply(LOG[:4], lives)
    models.rebuild()
    with pytest.raises(RebuiltError):
        models.apply(LOG[4:], lives)
    assert models.start().positions == {}


def test_a_new_read_model_starts_at_the_beginning_and_leaves_the_others_alone(
    models: ReadModels,
) -> None:
    apply(models, LOG)
    before = rows(models)
    tables = MetaData()
    seen = Table("seen", tables, Column("ticket_id", String, primary_key=True))
    count = Projection(
        "seen",
        1,
        tables,
        {TicketReceived: lambda p: Write(seen, {"ticket_id": getattr(p.event, "ticket_id", "")})},
    )
    grown = ReadModels(models.engine, (*PROJECTIONS, count))
    start = grown.start()
    assert start.positions[Place("ticket.received", 0)] == 0
    assert start.positions[Place("ticket.masked", 0)] == 2
    apply(grown, LOG)
    assert rows(grown) == before | {"seen": [{"ticket_id": OTHER}, {"ticket_id": TICKET}]}


def test_a_read_model_of_another_version_is_thrown_away_alone(models: ReadModels) -> None:
    apply(models, LOG)
    changed = [replace(p, version=2) if p.name == "dead" else p for p in PROJECTIONS]
    newer = ReadModels(models.engine, changed)
    assert newer.start().positions.get(Place("ticket.masked.dead", 0), 0) == 0
    assert rows(newer)["dead"] == []
    assert len(rows(newer)["ticket"]) == 2


def test_the_pulse_beats_when_something_was_applied_or_thrown_away(models: ReadModels) -> None:
    models.start()
    silent = models.pulse()
    assert models.pulse() == silent
    apply(models, LOG)
    moved = models.pulse()
    assert moved != silent
    models.rebuild()
    assert models.pulse() not in {moved, silent}


def test_counts_are_views(models: ReadModels) -> None:
    apply(models, LOG)
    kept = rows(models)
    assert kept["tickets_by_route"] == [
        {"route": "agent_suggestion", "queue": "agents", "language": "de", "tickets": 2}
    ]
    assert kept["dead_by_reason"] == [{"stage": "classify", "reason": "raised", "letters": 1}]
    assert kept["corrections_by_label"][0]["corrections"] == 2


def test_every_topic_has_a_read_model() -> None:
    for topic in [*EVENTS, "ticket.received.dead", "intake.dead"]:
        assert any(p.reads(topic) for p in PROJECTIONS), topic
    assert not any(p.reads("some.other") for p in PROJECTIONS)


@pytest.mark.parametrize("url", ["", "no url", "mysql://somewhere/else"])
def test_a_database_that_does_not_fit_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(SettingError, match="TICKETSTREAM_READ_MODELS"):
        read_engine(url)


def test_a_database_that_cannot_be_written_says_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "read.db").mkdir()
    engine = read_engine(f"sqlite:///{tmp_path / 'read.db'}")
    with pytest.raises(SettingError, match=r"read\.db cannot be opened"):
        ReadModels(engine).start()
    engine.dispose()


def test_a_password_is_not_told_when_a_database_cannot_be_reached() -> None:
    engine = read_engine("postgresql://desk:hunter2@127.0.0.1:1/none")
    with pytest.raises(SettingError) as caught:
        ReadModels(engine).start()
    assert "hunter2" not in str(caught.value)
    engine.dispose()


def test_timeline_rows_keep_the_first_place_of_a_repeated_event(models: ReadModels) -> None:
    apply(models, LOG[:1], [replace(LOG[0], offset=9)])
    with models.engine.connect() as connection:
        assert connection.execute(select(timeline.c.position)).scalars().all() == [0]
