"""The losses of wanted ranks against sorting everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpi.blocks import prefixes
from hpi.blocks.ranks import Search, search
from hpi.space.rungs import RUNGS, size

FINITE = st.floats(allow_nan=False, allow_infinity=False)
FRACTIONS = st.lists(st.integers(1, 10**8).map(lambda parts: parts / 10**8), min_size=1, max_size=20)


@st.composite
def losses(draw):
    """Finite numbers of all sizes, few different ones, neighbours in the last digits, or denormal ones."""
    length = st.integers(1, 300)
    makers = [
        arrays(float, length, elements=FINITE),
        arrays(float, length, elements=st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 1.7e308, -1.7e308])),
        arrays(np.int64, length, elements=st.integers(0, 4000)).map(lambda k: 1 + k * 2.0**-52),
        arrays(np.int64, length, elements=st.integers(-50, 50)).map(lambda k: k * 5e-324),
        st.tuples(FINITE, length).map(lambda both: np.full(both[1], both[0])),
    ]
    return draw(st.one_of(makers))


def found(loss, fractions, cuts, most, drawn=None):
    """Search in pieces that end at the cuts, and come in another order in each pass."""
    asked, rng, passes = search(fractions, most, drawn), np.random.default_rng(0), 0
    pieces = np.split(loss, sorted(cut % (len(loss) + 1) for cut in cuts))
    while isinstance(asked, Search):
        assert passes < 50, "each pass learns at least one bit"
        partials = [asked.count(pieces[k]) for k in rng.permutation(len(pieces))]
        total = partials[0]
        for partial in partials[1:]:
            total = total.merged(partial)
        assert len(total.counts) <= prefixes.MOST_COUNTS + 2**16
        assert sum(map(len, total.gathered)) <= most
        asked, passes = asked.after(total), passes + 1
    return asked


def sorted_out(loss, fractions):
    return np.sort(loss)[[size(part, len(loss)) - 1 for part in fractions]]


@given(losses(), FRACTIONS, st.lists(st.integers(0, 1000), max_size=6), st.sampled_from([0, 1, 7, 50, 2**20]))
def test_the_losses_are_those_of_the_sorted_numbers(loss, fractions, cuts, most):
    np.testing.assert_array_equal(found(loss, fractions, cuts, most), sorted_out(loss, fractions))


@given(losses(), FRACTIONS, st.integers(0, 300), st.sampled_from([0, 7, 2**20]), st.booleans())
def test_what_is_known_beforehand_changes_no_result(loss, fractions, n_drawn, most, right):
    drawn = loss[:n_drawn] if right else np.random.default_rng(0).normal(size=n_drawn)
    np.testing.assert_array_equal(found(loss, fractions, [], most, drawn), sorted_out(loss, fractions))


@pytest.mark.parametrize("most", [0, 100, 2**20])
@pytest.mark.parametrize(
    "make",
    [
        lambda rng, n: rng.normal(size=n),
        lambda rng, n: -1 + 1e-9 * rng.random(n),
        lambda rng, n: rng.choice([-1, 1], n) * np.exp(rng.uniform(-700, 700, n)),
        lambda rng, n: 1 + rng.integers(0, n, n) * 2.0**-52,
        lambda rng, n: np.round(rng.normal(size=n), 2),
    ],
    ids=["normal", "narrow", "wide", "neighbours", "ties"],
)
def test_all_rungs_of_many_numbers(make, most):
    loss = make(np.random.default_rng(0), 150_000)
    np.testing.assert_array_equal(found(loss, RUNGS, [1, 70_000, 70_000], most), sorted_out(loss, RUNGS))


def test_some_of_the_numbers_save_a_pass():
    loss = np.random.default_rng(0).normal(size=300_000)
    asked = search(RUNGS, 20_000, loss[:100_000])
    gathering = asked.after(asked.count(loss))
    assert gathering.gathers
    np.testing.assert_array_equal(gathering.after(gathering.count(loss)), sorted_out(loss, RUNGS))
    plain = search(RUNGS, 20_000)
    assert not plain.after(plain.count(loss)).gathers


def test_of_nothing_nothing_is_known():
    assert np.isnan(search(RUNGS).after(search(RUNGS).count(np.zeros(0)))).all()


def test_zero_has_no_sign():
    (loss,) = found(np.array([-0.0, -0.0]), [1.0], [1], 0)
    assert not np.signbit(loss)


def test_a_number_that_few_trials_have_needs_two_passes():
    asked = search(RUNGS)
    loss = np.random.default_rng(0).random(5000)
    gathering = asked.after(asked.count(loss))
    assert gathering.gathers
    assert isinstance(gathering.after(gathering.count(loss)), np.ndarray)


def test_what_is_gathered_stays_in_few_arrays():
    asked = search([0.5])
    loss = np.random.default_rng(0).random(500)
    gathering = asked.after(asked.count(loss))
    total = gathering.count(loss[:1])
    for number in loss[1:]:
        total = total.merged(gathering.count(np.array([number])))
    assert len(total.gathered) <= 65
    assert gathering.after(total) == np.sort(loss)[249]
