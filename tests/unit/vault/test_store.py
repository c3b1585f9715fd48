"""The vault decides person, case and facts once, and forgets for good."""

import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.unit.vault.conftest import Open

from ticketstream.schemas.errors import SettingError, VaultError
from ticketstream.schemas.masked import Facts, Identity, TicketMasked, TicketText
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_key, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers, Question
from ticketstream.vault.store import Vault, sqlite_engine

from tests.unit.schemas.samples import SAMPLES  # isort: skip

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MASKED = next(e for e in SAMPLES if isinstance(e, TicketMasked))


class OnceShop:
    """A shop that answers differently each time it is asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def facts(self, questions: Sequence[Question]) -> list[Facts]:
        self.asked += questions
        return [Facts(customer_value=float(len(self.asked)))] * len(questions)


def arrival(ticket: str, address: str = "lena@mail.example", hours: float = 0) -> Arrival:
    at = NOW + timedelta(hours=hours)
    return Arrival(ticket, "kestrel", at, ticket, Identifiers(address=address), f"<{ticket}@x>")


def admitted(vault: Vault, *arrivals: Arrival) -> list[Admission]:
    answers = vault.admit(arrivals)
    assert all(isinstance(a, Admission) for a in answers)
    return [a for a in answers if isinstance(a, Admission)]


def test_a_redelivered_ticket_gets_the_same_answer_even_when_the_shop_says_otherwise(
    opened: Open,
) -> None:
    shop = OnceShop()
    first = opened(shop).admit([arrival("t1")])
    assert opened(shop).admit([arrival("t1")]) == first
    assert len(shop.asked) == 1


def test_a_batch_asks_the_shop_once_and_only_about_what_is_new(opened: Open) -> None:
    shop = OnceShop()
    vault = opened(shop)
    vault.admit([arrival("t1")])
    vault.admit([arrival("t1"), arrival("t2"), arrival("t2"), arrival("t3")])
    assert [q.at for q in shop.asked] == [NOW] * 3


def test_one_address_is_one_person_whatever_its_capitals(vault: Vault) -> None:
    a, b, c = admitted(
        vault, arrival("t1"), arrival("t2", "LENA@mail.example "), arrival("t3", "b@mail.example")
    )
    assert a.person == b.person != c.person


def test_a_customer_number_leads_to_the_person_of_another_address(vault: Vault) -> None:
    both = Identifiers(address="lena@mail.example", customer_id="C-104233")
    other = Identifiers(address="new@mail.example", customer_id="C-104233")
    a, b = admitted(
        vault,
        replace(arrival("t1"), identifiers=both),
        replace(arrival("t2"), identifiers=other),
    )
    assert a.person == b.person


def test_a_customer_number_that_was_only_typed_ties_a_ticket_to_nobody(vault: Vault) -> None:
    known = Identifiers("lena@mail.example", "C-104233")
    typed = Identifiers("stranger@mail.example", claimed_customer_id="C-104233")
    nameless = Identifiers(claimed_customer_id="C-104233")
    a, b, c = admitted(
        vault,
        replace(arrival("t1"), identifiers=known),
        replace(arrival("t2", hours=1), identifiers=typed),
        replace(arrival("t3", hours=2), identifiers=nameless),
    )
    assert len({a.person, b.person, c.person}) == 3
    assert [x.facts.tickets_30d for x in (a, b, c)] == [0, 0, 0]


def test_a_customer_number_in_the_place_of_an_address_ties_a_ticket_to_nobody(
    vault: Vault,
) -> None:
    known = Identifiers("lena@mail.example", "C-104233")
    a, b, c, d = admitted(
        vault,
        replace(arrival("t1"), identifiers=known),
        arrival("t2", "C-104233"),
        arrival("t3", "+49 30 23125 000"),
        arrival("t4", "+49 30 23125 000"),
    )
    assert a.person != b.person
    assert c.person == d.person  # a telephone number is an address


def test_a_ticket_without_any_address_is_a_person_of_its_own(vault: Vault) -> None:
    a, b = admitted(vault, arrival("t1", ""), arrival("t2", ""))
    assert a.person != b.person


def test_a_reply_joins_the_case_of_the_mail_that_it_answers(vault: Vault) -> None:
    admitted(vault, arrival("t1"))
    reply = replace(arrival("t2", hours=1), replies_to=("<t1@x>",))
    assert admitted(vault, reply)[0].case_id == "t1"


def test_a_reply_that_comes_before_the_mail_that_it_answers_is_of_its_case(vault: Vault) -> None:
    reply = replace(arrival("t2", hours=1), replies_to=("<t1@x>", "<t0@x>"))
    (first,) = admitted(vault, reply)
    (late,) = admitted(vault, arrival("t1"))
    assert first.case_id == late.case_id == "t2"


def test_a_stranger_who_names_somebody_elses_message_joins_no_case(vault: Vault) -> None:
    admitted(vault, arrival("t1"))
    stranger = replace(arrival("t2", "stranger@mail.example"), replies_to=("<t1@x>",))
    assert admitted(vault, stranger)[0].case_id == "t2"
    assert admitted(vault, replace(arrival("t3"), replies_to=("<t1@x>",)))[0].case_id == "t1"


def test_the_same_subject_within_thirty_days_is_the_same_case(vault: Vault) -> None:
    first = replace(arrival("t1"), subject="Lampe defekt")
    again = replace(arrival("t2", hours=24), subject="AW: Re: lampe defekt")
    late = replace(arrival("t3", hours=24 * 40), subject="Lampe defekt")
    a, b, c = admitted(vault, first, again, late)
    assert (a.case_id, b.case_id, c.case_id) == ("t1", "t1", "t3")


def test_history_counts_the_tickets_before_and_not_the_ticket_itself(vault: Vault) -> None:
    admitted(vault, arrival("t1"), arrival("t2", hours=24))
    (third,) = admitted(vault, arrival("t3", hours=48))
    assert third.facts.tickets_30d == 2
    assert third.facts.tickets_30d_same_case == 0
    assert third.facts.previous_ticket_id == "t2"


def test_late_tickets_count_what_came_before_their_receipt_and_change_no_other(
    vault: Vault,
) -> None:
    subject = {"subject": "Lampe defekt"}
    (newest,) = admitted(vault, replace(arrival("t3", hours=48), **subject))
    (oldest,) = admitted(vault, replace(arrival("t1"), **subject))
    (middle,) = admitted(vault, replace(arrival("t2", hours=24), **subject))
    assert [x.facts.tickets_30d for x in (oldest, middle, newest)] == [0, 1, 0]
    assert [x.facts.previous_ticket_id for x in (oldest, middle)] == [None, "t1"]
    assert oldest.case_id == middle.case_id == newest.case_id == "t3"
    assert admitted(vault, replace(arrival("t3", hours=48), **subject)) == [newest]


def test_a_batch_in_any_order_is_decided_in_the_order_of_receipt(vault: Vault) -> None:
    late, early = admitted(vault, arrival("t2", hours=1), arrival("t1"))
    assert (early.facts.tickets_30d, late.facts.tickets_30d) == (0, 1)


def test_a_ticket_that_comes_again_and_again_is_one_ticket_of_the_history(vault: Vault) -> None:
    for _ in range(3):
        admitted(vault, arrival("t1"), arrival("t1"))
    (second,) = admitted(vault, arrival("t2", hours=1))
    assert second.facts.tickets_30d == 1


def test_tickets_of_more_than_thirty_days_ago_do_not_count(vault: Vault) -> None:
    admitted(vault, arrival("old"), arrival("edge", hours=1))
    (now,) = admitted(vault, arrival("t", hours=30 * 24 + 1))
    assert now.facts.tickets_30d == 1
    assert now.facts.previous_ticket_id == "edge"


def test_a_batch_and_single_calls_decide_alike(vault: Vault) -> None:
    arrivals = [replace(arrival(f"t{i}", hours=i), subject="x") for i in range(5)]
    other = Vault(sqlite_engine(None), vault.keys, NoShop())
    together = admitted(vault, *arrivals)
    single = [admitted(other, a)[0] for a in arrivals]
    assert [(a.case_id, a.facts) for a in together] == [(a.case_id, a.facts) for a in single]
    other.engine.dispose()


def test_what_is_not_known_is_named_and_never_zero(vault: Vault) -> None:
    (a,) = admitted(vault, arrival("t1"))
    assert a.facts.customer_value is None
    assert "customer_value: no shop configured" in a.facts.unknown


def test_sealed_events_open_until_the_person_is_forgotten(vault: Vault) -> None:
    (a,) = admitted(vault, arrival("t1"))
    event = replace(
        MASKED, person=a.person, text=TicketText(text="hallo"), identity=Identity(customer_id="C")
    )
    (sealed,) = vault.seal_all([event])
    assert not isinstance(sealed, Erased)
    both = frozenset({"text", "identity"})
    assert vault.open(sealed, both) == event
    assert vault.forget(a.person) == ("t1",)
    opened = vault.open(sealed, both)
    assert isinstance(opened, TicketMasked)
    assert (opened.text, opened.identity) == (ERASED, ERASED)
    assert vault.seal_all([event]) == [ERASED]


def test_a_replayed_event_is_sealed_to_the_same_bytes(vault: Vault, opened: Open) -> None:
    def event() -> TicketMasked:
        (a,) = admitted(opened(), arrival("t1"))
        return replace(MASKED, person=a.person, text=TicketText(text="hallo"), identity=Identity())

    first, again = vault.seal_all([event()]), opened().seal_all([event()])
    assert first == again
    assert not isinstance(first[0], Erased)


def test_a_late_redelivery_of_a_forgotten_persons_ticket_is_not_taken_in_again(
    vault: Vault,
) -> None:
    (a,) = admitted(vault, arrival("t1"))
    vault.forget(a.person)
    assert vault.admit([arrival("t1")]) == [ERASED]


def test_a_forgotten_person_who_writes_again_is_somebody_new(vault: Vault) -> None:
    (a,) = admitted(vault, arrival("t1"))
    vault.forget(a.person)
    (b,) = admitted(vault, arrival("t2"))
    assert b.person != a.person
    assert b.facts.tickets_30d == 0


def test_the_vaults_file_holds_no_address_and_after_forgetting_no_key(folder: Path) -> None:
    vault = Vault(sqlite_engine(folder / "vault.db"), load_master_keys(folder / "keys"), NoShop())
    (a,) = admitted(vault, replace(arrival("t1"), subject="Lampe defekt"))
    with sqlite3.connect(folder / "vault.db") as raw:
        (wrapped,) = raw.execute("select text_key from person").fetchone()
    raw.close()
    vault.forget(a.person)
    assert vault.forget_log()
    vault.engine.dispose()
    found = b"".join(p.read_bytes() for p in folder.glob("vault.db*"))
    for secret in (b"lena", b"Lampe", wrapped, a.person.encode()):
        assert secret not in found


def test_key_files_are_read_by_their_owner_only_and_are_never_written_over(folder: Path) -> None:
    before = load_key(folder / "keys", "text")
    create_master_keys(folder / "keys")
    assert load_key(folder / "keys", "text") == before
    mode = (folder / "keys" / "text.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_missing_or_broken_key_stops_the_start_and_says_what_to_do(folder: Path) -> None:
    (folder / "keys" / "index.key").write_text("abc")
    with pytest.raises(SettingError, match="must hold 64 bytes"):
        load_master_keys(folder / "keys")
    with pytest.raises(SettingError, match="doctor --create-keys"):
        load_master_keys(folder / "nowhere")


def test_another_master_key_is_noticed(vault: Vault, opened: Open, folder: Path) -> None:
    admitted(vault, arrival("t1"))
    create_master_keys(folder / "other")
    other = opened(keys=load_master_keys(folder / "other"))
    person = vault.person_of("kestrel", "lena@mail.example")
    assert person is not None
    with pytest.raises(VaultError, match="put the old ones back"):
        other.keys_of([person])


def test_a_store_that_cannot_be_written_is_an_error_that_says_so(folder: Path) -> None:
    (folder / "vault.db").mkdir()
    with pytest.raises(VaultError, match="can be written"):
        Vault(sqlite_engine(folder / "vault.db"), load_master_keys(folder / "keys"), NoShop())


def test_many_processes_may_open_a_new_vault_at_once(folder: Path, url: str) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from ticketstream.vault.store import Vault, vault_engine;"
        "from ticketstream.vault.facts import NoShop;"
        "from ticketstream.vault.keys import load_master_keys;"
        "keys = load_master_keys(Path(sys.argv[1]) / 'keys');"
        "Vault(vault_engine(sys.argv[2]), keys, NoShop()).keys_of([])"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), url], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    assert [p.communicate()[1].decode() for p in started] == [""] * 4
