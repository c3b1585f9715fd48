"""Heads are regularised logistic regression: the minimum is scikit-learn's, found sooner."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ticketstream.learning import linear
from ticketstream.learning.linear import Doubles

NAMES = ("a", "b", "c", "never seen")
DICE = np.random.default_rng(1)
# directions of very different size, as in a decomposition
PLACED: Doubles = DICE.normal(size=(300, 20)) * np.geomspace(1.0, 0.02, 20)
LABELS = [NAMES[i] for i in (PLACED[:, :3] + DICE.normal(size=(300, 3)) * 0.3).argmax(axis=1)]
WEIGHTS = DICE.uniform(0.1, 1.0, 300).tolist()


@pytest.fixture(autouse=True)
def to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as anything is gained: what is compared are minima, not where one may stop."""
    monkeypatch.setattr(linear, "ENOUGH", 1e-9)
    monkeypatch.setattr(linear, "MOST_STEPS", 2_000)


def test_classes_end_where_the_library_ends() -> None:
    plane, bias = linear.classes(PLACED, LABELS, WEIGHTS, NAMES, 10.0)
    theirs = LogisticRegression(C=10.0, tol=1e-8, max_iter=5_000).fit(PLACED, LABELS, WEIGHTS)
    np.testing.assert_allclose(plane[:3], theirs.coef_, atol=0.02)
    # a constant may be added to all classes alike
    np.testing.assert_allclose(
        bias[:3] - bias[:3].mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=0.02
    )


def test_a_name_without_examples_never_wins() -> None:
    scores = linear.scored(PLACED, linear.classes(PLACED, LABELS, WEIGHTS, NAMES, 10.0))
    assert scores[:, 3].max() < scores[:, :3].min()


def test_a_degree_ends_where_the_library_ends_that_is_told_yes_and_no_in_parts() -> None:
    degrees = 1 / (1 + np.exp(-3 * PLACED[:, 0]))
    plane, bias = linear.degree(PLACED, degrees.tolist(), WEIGHTS, 10.0)
    counts = np.array(WEIGHTS)
    theirs = LogisticRegression(C=10.0, tol=1e-8, max_iter=5_000).fit(
        np.vstack([PLACED, PLACED]),
        np.repeat([1, 0], 300),
        np.concatenate([counts * degrees, counts * (1 - degrees)]),
    )
    np.testing.assert_allclose(plane, theirs.coef_, atol=0.02)
    np.testing.assert_allclose(bias, theirs.intercept_, atol=0.02)


def test_one_label_alone_has_nothing_to_be_told_from() -> None:
    plane, bias = linear.classes(PLACED, ["b"] * 300, WEIGHTS, NAMES, 10.0)
    assert not plane.any()
    assert linear.scored(PLACED, (plane, bias)).argmax(axis=1).tolist() == [1] * 300
