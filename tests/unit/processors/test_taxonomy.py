"""The label set: its order is part of every stored score, its words are for people."""

import tomllib
from importlib.resources import files

import pytest

from ticketstream.processors.label_prompt import LabelPrompt
from ticketstream.processors.policy import load_policy
from ticketstream.processors.taxonomy import Labels, labels_of, shipped_labels
from ticketstream.schemas.errors import PolicyError, TaxonomyError

SHIPPED = (files("ticketstream.schemas") / "taxonomy.toml").read_text("utf-8")
GIFT = """
[categories.delivery.sub_categories.gift_wrap]
name = { en = "gift wrap", de = "Geschenkpapier" }
means = { en = "Wants it wrapped", de = "Will es verpackt" }
"""


def own(text: str = SHIPPED + GIFT) -> Labels:
    return labels_of(text, "mine.toml")


def test_every_sub_category_has_its_category() -> None:
    labels = shipped_labels()
    assert len(labels.sub_categories) == 83
    assert len(labels.intents) == 15
    assert len(labels.categories) == 13
    assert labels.category_of["refund_status"] == "return_refund"
    assert set(labels.category_of) == set(labels.sub_categories)


def test_every_label_is_defined_in_a_line_of_its_own_in_both_languages() -> None:
    labels = shipped_labels()
    every = [*labels.categories, *labels.sub_categories, *labels.intents]
    for tongue in ("en", "de"):
        meanings = [labels.meaning(label, tongue) for label in every]
        assert all(len(meaning) > 10 for meaning in meanings)
        assert len(set(meanings)) == len(every)
    assert labels.called("eta", "de") == "Liefertermin"
    assert labels.called("of_an_older_taxonomy", "de") == "of an older taxonomy"


def test_the_hash_changes_with_the_order_and_not_with_the_wording() -> None:
    worded = own(SHIPPED.replace('de = "Liefertermin"', 'de = "Ankunft"'))
    assert worded.called("eta", "de") == "Ankunft"
    assert worded.taxonomy.hash == shipped_labels().taxonomy.hash
    assert own().taxonomy.hash != shipped_labels().taxonomy.hash
    document = tomllib.loads(SHIPPED)
    assert list(document["categories"]) == list(shipped_labels().categories)


def test_a_shops_own_label_is_in_the_prompt_and_in_the_checks_of_a_policy() -> None:
    said = LabelPrompt(own()).of("Hello", [])
    assert "delivery / gift_wrap: Wants it wrapped" in str(said.messages)
    document = '[[whitelist]]\nsub_category = "gift_wrap"\nintent = "ask_information"\n'
    assert load_policy(document, "p.toml", labels=own()).whitelist[0].sub_category == "gift_wrap"
    with pytest.raises(PolicyError, match=r"line 1: whitelist: no sub-category 'gift_wrap'"):
        load_policy(document, "p.toml")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('version = "1"', "", "version is missing"),
        ("[categories.oos.sub_categories.out_of_scope]", "[intents.x]", "'oos' has no sub-cat"),
        ('de = "Liefertermin"', 'de = ""', "sub-category 'eta' needs a line name.de"),
        ("[intents.ask_information]", "[intents.ask]", "'ask_information' is missing"),
        ("[intents.complain]", "[intents.eta]", "'eta' occurs twice"),
        ("[intents.complain]", "[labels.complain]", "unknown key 'labels'"),
        ("[intents.complain]", "[intents.complain", "no TOML"),
    ],
)
def test_a_taxonomy_that_cannot_be_used_is_refused_with_its_label(
    before: str, after: str, said: str
) -> None:
    assert before in SHIPPED
    with pytest.raises(TaxonomyError, match=r"^mine.toml: ") as refused:
        own(SHIPPED.replace(before, after, 1))
    assert said in str(refused.value)
