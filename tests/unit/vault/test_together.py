"""Workers that use one vault at the same time: nothing is lost, nobody waits for ever."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from tests.unit.vault.conftest import Open

from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.record import Erased
from ticketstream.vault import database, tables
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
T = TypeVar("T")


def arrival(ticket: str, address: str, minutes: int = 0) -> Arrival:
    at = NOON + timedelta(minutes=minutes)
    return Arrival(ticket, "kestrel", at, ticket, Identifiers(address))


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Each call on a thread of its own, all let go at the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], T]) -> T:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def admit(vault: Vault, *arrivals: Arrival) -> Callable[[], list[Admission | Erased]]:
    return lambda: vault.admit(arrivals)


def persons(vault: Vault) -> set[str]:
    with vault.reading() as connection:
        return set(connection.execute(select(tables.person.c.person)).scalars())


def test_two_workers_that_admit_the_same_new_person_make_one_person(opened: Open) -> None:
    one, two = opened(), opened()
    for number in range(15):
        address = f"new{number}@mail.example"
        answers = at_once(
            admit(one, arrival(f"a{number}", address)), admit(two, arrival(f"b{number}", address))
        )
        found = [a for (a,) in answers if isinstance(a, Admission)]
        assert found[0].person == found[1].person == one.person_of("kestrel", address)
        assert sorted(a.facts.tickets_30d or 0 for a in found) == [0, 1]
    assert len(persons(one)) == 15


def test_batches_that_name_the_same_people_in_opposite_orders_do_not_block_each_other(
    opened: Open,
) -> None:
    one, two = opened(), opened()
    for number in range(10):
        people = [f"{name}{number}@mail.example" for name in "abcdef"]
        there = [arrival(f"x{number}-{p}", p) for p in people]
        back = [arrival(f"y{number}-{p}", p) for p in reversed(people)]
        first, second = at_once(admit(one, *there), admit(two, *back))
        assert [getattr(a, "person", 1) for a in first] == [
            getattr(a, "person", 2) for a in reversed(second)
        ]
    assert len(persons(one)) == 60


def test_a_worker_that_was_replaced_and_its_replacement_decide_a_ticket_alike(
    opened: Open,
) -> None:
    one, two = opened(), opened()
    for number in range(10):
        same = arrival(f"t{number}", f"p{number}@mail.example")
        first, second = at_once(admit(one, same), admit(two, same))
        assert first == second


def test_who_is_forgotten_while_their_tickets_come_in_leaves_no_ticket_without_a_key(
    opened: Open,
) -> None:
    one, two = opened(), opened()
    for number in range(10):
        one.admit([arrival(f"first{number}", "lena@mail.example")])
        person = one.person_of("kestrel", "lena@mail.example")
        assert person is not None
        at_once(
            admit(one, *(arrival(f"t{number}-{i}", "lena@mail.example", i) for i in range(5))),
            lambda person=person: two.forget(person),
        )
    with one.reading() as connection:
        owners = set(connection.execute(select(tables.admission.c.person)).scalars())
    assert owners <= persons(one)
    assert len(persons(one)) <= 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_worker_that_freezes_while_it_writes_is_cut_off_and_the_others_go_on(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "FROZEN", 1)
    frozen, other = opened(), opened()

    def freeze() -> None:
        with frozen.writing() as connection:
            connection.execute(tables.erased.insert().values(ticket_id="half"))
            time.sleep(2.5)

    with ThreadPoolExecutor(1) as thread:
        work = thread.submit(freeze)
        time.sleep(0.2)
        began = time.monotonic()
        (answer,) = other.admit([arrival("half", "lena@mail.example")])
        assert time.monotonic() - began < 2
        assert isinstance(answer, Admission)
        with pytest.raises(VaultError):
            work.result()


def test_readers_do_not_wait_for_a_writer(opened: Open) -> None:
    one, two = opened(), opened()
    one.admit([arrival("t1", "lena@mail.example")])
    with one.writing() as connection:
        connection.execute(tables.erased.insert().values(ticket_id="t9"))
        began = time.monotonic()
        assert two.person_of("kestrel", "lena@mail.example") is not None
        assert time.monotonic() - began < 5
