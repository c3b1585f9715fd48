"""Articles become chunks to cite; the search finds them; the drafter quotes or abstains."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.doors.settings import ROOT
from ticketstream.processors.draft import AI_NOTICE, DraftResources, draft, halted
from ticketstream.processors.knowledge import (
    Chunk,
    KnowledgeError,
    article,
    chunks_of,
    sentences,
    version_of,
)
from ticketstream.processors.retrieve import KnowledgeBase, Vectors, build, fuse
from ticketstream.schemas.draft import DraftCreated, DraftText, Send
from ticketstream.schemas.masked import Facts, Grammar, Language, TicketText
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted

ARTICLE = """---
id: refunds
language: en
title: Refunds
version: 2026-10-01
sub_categories: refund_status, refund_request
---

## When the money comes
We refund within 5 working days. Your bank may need 3 more.

## Where it goes
We refund to the payment method that you used.
"""
OTHER = ARTICLE.replace("id: refunds", "id: lamps").replace("Refunds", "Lamps").replace(
    "We refund within 5 working days. Your bank may need 3 more.",
    "Lamps of the Aurora series have a guarantee of five years.",
).replace("We refund to the payment method that you used.", "Bulbs are not part of it.").replace(
    "refund_status, refund_request", "warranty_terms"
)  # fmt: skip
ROUTED = replace(
    next(e for e in SAMPLES if isinstance(e, TicketRouted)),
    language=Language("en", 0.99),
    sub_category="refund_status",
)


class Words:
    """An encoder that knows words only: a hashed bag of them, at unit length."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(out, texts, strict=True):
            for word in text.lower().replace(".", " ").replace("?", " ").split():
                row[int.from_bytes(blake2b(word.encode(), digest_size=2).digest()) % 64] += 1
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(lengths, 1e-9), np.float32)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("knowledge")
    build([*article("a", ARTICLE), *article("b", OTHER)], folder, Words())
    return KnowledgeBase.open(folder, Words())


def ask(base: KnowledgeBase, text: str, grammar: Any = (), **changes: Any) -> DraftCreated:
    ticket = replace(ROUTED, text=TicketText(text=text, grammar=grammar), **changes)
    return draft([ticket], DraftResources(base, "0.1.0"))[0]


def test_a_section_is_a_chunk_with_its_labels_and_version() -> None:
    first, second = article("a", ARTICLE)
    assert first.title == "Refunds: When the money comes"
    assert first.sub_categories == ("refund_status", "refund_request")
    assert second.text == "We refund to the payment method that you used."
    assert first.chunk_id.startswith("refunds.en#")


def test_a_changed_word_changes_the_chunks_id_and_the_version() -> None:
    old = list(article("a", ARTICLE))
    new = list(article("a", ARTICLE.replace("5 working", "6 working")))
    assert old[0].chunk_id != new[0].chunk_id
    assert old[1].chunk_id == new[1].chunk_id
    assert version_of(old) != version_of(new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no front matter", "no front matter"),
        (ARTICLE.replace("title: Refunds\n", ""), "lacks 'title'"),
        (ARTICLE.replace("language: en", "language: fr"), "use en or de"),
    ],
)
def test_a_broken_article_is_named(text: str, message: str) -> None:
    with pytest.raises(KnowledgeError, match=message) as caught:
        list(article("broken.md", text))
    assert "broken.md" in str(caught.value)


def test_an_empty_folder_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="articles"):
        chunks_of(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Das kostet 4,95 EUR. Danach nichts.", ["Das kostet 4,95 EUR.", "Danach nichts."]),
        ("Parcels up to 31.5 kg fit.", ["Parcels up to 31.5 kg fit."]),
        ("Holz, z. B. Eiche, passt.", ["Holz, z. B. Eiche, passt."]),
    ],
)
def test_sentences_end_where_people_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_the_sample_shop_has_its_articles_in_both_languages() -> None:
    chunks = chunks_of(ROOT / "knowledge")
    by_language = {
        language: {c.document for c in chunks if c.language == language and c.layer == "process"}
        for language in ("en", "de")
    }
    assert by_language["en"] == by_language["de"]
    assert len(by_language["en"]) >= 25
    assert len({c.chunk_id for c in chunks}) == len(chunks)


def test_numbers_agree_between_the_languages_of_an_article() -> None:
    import re

    def numbers(language: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for c in chunks_of(ROOT / "knowledge"):
            if c.language == language and c.layer == "process":
                dated = re.sub(r"(\d+)\.\d+\.(\d{4})", r"\1 \2", c.text)  # 30.11.2026
                plain = re.sub(r"(?<=\d)[.,](?=\d)", "", dated)
                found.setdefault(c.document, []).extend(re.findall(r"\d+", plain))
        return {k: sorted(v) for k, v in found.items()}

    assert numbers("en") == numbers("de")


def test_ranks_are_fused_and_a_label_counts() -> None:
    assert [n for n, _ in fuse([["a", "b"], ["b", "c"]], set())] == ["b", "a", "c"]
    assert fuse([["a", "b"]], {"b"})[0][0] == "b"


def test_the_search_stays_in_the_questions_language(base: KnowledgeBase) -> None:
    assert base.search("refund working days", "en", "", 4)
    assert base.search("refund working days", "de", "", 4) == []


def test_a_question_that_the_articles_answer_is_drafted_word_for_word_with_its_source(
    base: KnowledgeBase,
) -> None:
    created = ask(base, "When is the refund within working days?")
    assert created.status == "drafted"
    assert isinstance(created.text, DraftText)
    assert created.text.sentences[0].text == "We refund within 5 working days."
    assert created.sources[0].chunk_id == created.text.sentences[0].citations[0]
    assert created.sources[0].document == "refunds"
    assert "We refund within 5 working days. [1]" in created.text.answer


def test_a_draft_says_visibly_that_a_machine_wrote_it(base: KnowledgeBase) -> None:
    created = ask(base, "When is the refund within working days?")
    assert isinstance(created.text, DraftText)
    assert created.text.answer.endswith(AI_NOTICE["en"])
    assert created.ai_notice == "extractive.en"


def test_a_question_that_nothing_answers_is_not_answered(base: KnowledgeBase) -> None:
    created = ask(base, "zebra xylophone quantum", sub_category="spam")
    assert (created.status, created.send.action) == ("not_answerable", "never")
    assert isinstance(created.text, DraftText)
    assert created.text.answer == ""


def test_a_language_without_articles_is_no_grounding(base: KnowledgeBase) -> None:
    assert ask(base, "refund?", language=Language("fr", 1.0)).status == "no_grounding"


def test_a_suggestion_waits_for_review_and_only_an_automatic_reply_may_be_sent(
    base: KnowledgeBase,
) -> None:
    text = "When is the refund within working days?"
    assert ask(base, text).send.action == "after_review"
    assert ask(base, text, route="auto_reply").send.action == "auto"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [(Policy(mode="live", kill_switch=True), "kill_switch"), (Policy(mode="shadow"), "shadow")],
)
def test_a_kill_switch_holds_back_what_was_routed_to_an_automatic_reply_before_it(
    base: KnowledgeBase, policy: Policy, reason: str
) -> None:
    ticket = replace(
        ROUTED,
        text=TicketText(text="When is the refund within working days?"),
        route="auto_reply",
    )
    free = DraftResources(base, "0.1.0", halted(Policy(mode="live")))
    stopped = DraftResources(base, "0.1.0", halted(policy))
    assert draft([ticket], free)[0].send == Send("auto", ("whitelisted",))
    held = draft([ticket], stopped)[0]
    assert held.send == Send("after_review", (reason,))
    assert held.producer != free.producer


def test_people_get_a_handover_with_facts_and_what_is_open(base: KnowledgeBase) -> None:
    facts = Facts(
        customer_value=940.0, currency="EUR", unknown=("order_amount: not found",),
        payment="open", payment_method="direct_debit", payment_due=64.9,
    )  # fmt: skip
    created = ask(base, "x", route="escalate_senior", facts=facts)
    assert created.status == "handover"
    assert isinstance(created.text, DraftText)
    assert created.text.handover is not None
    assert "customer value: 940.0" in created.text.handover.facts
    assert "payment: open by direct debit, 64.90 EUR due" in created.text.handover.facts
    assert created.text.handover.open_questions == ("order_amount: not found",)


def test_people_are_told_how_those_behind_the_tokens_are_spoken_of(base: KnowledgeBase) -> None:
    spoken_of = (
        Grammar("[PERSON_1-kfqxt]", "female", "title", "family"),
        Grammar("[PERSON_2-dwgpm]", name="given"),
    )
    created = ask(base, "x", spoken_of, route="manual_queue")
    assert isinstance(created.text, DraftText)
    assert created.text.handover is not None
    assert created.text.handover.facts[-2:] == (
        "[PERSON_1-kfqxt]: female (by title), family name",
        "[PERSON_2-dwgpm]: given name",
    )


def test_a_search_reads_tokens_without_their_checks(base: KnowledgeBase) -> None:
    plain = ask(base, "When is the refund for [ORDER_1] within working days?")
    checked = ask(base, "When is the refund for [ORDER_1-kfqxt] within working days?")
    assert (checked.sources, checked.grounding) == (plain.sources, plain.grounding)


def test_mail_of_machines_gets_no_draft(base: KnowledgeBase) -> None:
    assert ask(base, "x", route="no_reply").status == "not_wanted"


def test_drafting_again_gives_the_same_event(base: KnowledgeBase) -> None:
    assert ask(base, "When is the refund?") == ask(base, "When is the refund?")


def test_an_index_that_was_not_built_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="knowledge build"):
        KnowledgeBase.open(tmp_path, Words())


def test_a_chunk_knows_its_sentences() -> None:
    chunk = Chunk("a", "d", "en", "process", "1", "t", "One. Two.", ())
    assert chunk.sentences() == ("One.", "Two.")
