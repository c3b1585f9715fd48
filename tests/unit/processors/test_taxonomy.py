"""The label set: its order is part of every stored score."""

from ticketstream.processors.taxonomy import labels_of, shipped_labels


def test_every_sub_category_has_its_category() -> None:
    labels = shipped_labels()
    assert len(labels.sub_categories) == 83
    assert len(labels.intents) == 15
    assert labels.category_of["refund_status"] == "return_refund"
    assert set(labels.category_of) == set(labels.sub_categories)


def test_the_hash_changes_with_the_order_and_not_with_the_wording() -> None:
    one = labels_of('{"version": 1, "categories": {"a": ["x", "y"]}, "intents": {"i": "one"}}')
    same = labels_of('{"version": 1, "categories": {"a": ["x", "y"]}, "intents": {"i": "other"}}')
    other = labels_of('{"version": 1, "categories": {"a": ["y", "x"]}, "intents": {"i": "one"}}')
    assert one.taxonomy.hash == same.taxonomy.hash
    assert one.taxonomy.hash != other.taxonomy.hash
