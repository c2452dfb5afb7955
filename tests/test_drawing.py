"""Which of many trials are drawn, which of them stand for all, and at which fractions all are counted."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpi.curve import TARGETS
from hpi.space import drawing, rungs

TWO_64 = 2**64
GOLDEN = 0x9E3779B97F4A7C15
# First numbers of the generator as its authors publish it (prng.di.unimi.it/splitmix64.c), by its seed.
PUBLISHED = {
    0: (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC),
    1234567: (6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431),
}
positions = st.integers(-(2**63), 2**63 - 1)


def unmixed(z: int) -> int:
    """The finaliser backwards, in Python's whole numbers: which position has this hash."""
    for shift, factor in ((31, 0x94D049BB133111EB), (27, 0xBF58476D1CE4E5B9), (30, GOLDEN)):
        whole = z
        for _ in range(64 // shift + 1):
            whole = z ^ (whole >> shift)
        z = whole * pow(factor, -1, TWO_64) % TWO_64
    return (z - 1) % TWO_64


@pytest.mark.parametrize("seed", PUBLISHED)
def test_hashes_are_the_numbers_of_splitmix64(seed):
    """Row k has number k + 1 of the generator whose seed is 0; another seed begins at another row."""
    first = seed * pow(GOLDEN, -1, TWO_64) % TWO_64
    rows = (np.arange(4, dtype=np.uint64) + np.uint64(first)).view(np.int64)
    assert drawing.hashes(rows).tolist() == list(PUBLISHED[seed])


@given(position=positions)
def test_no_two_positions_have_one_hash(position):
    """Each hash leads back to its position."""
    (hashed,) = drawing.hashes(np.array([position])).tolist()
    assert unmixed(hashed) == position % TWO_64


@given(
    position=st.lists(positions, min_size=1, max_size=200, unique=True),
    most=st.integers(1, 250),
)
def test_drawn_are_the_smallest_hashes(position, most):
    hashed = drawing.hashes(np.array(position))
    smallest = sorted(range(len(position)), key=lambda i: int(hashed[i]))[:most]
    assert drawing.drawn(hashed, most).tolist() == sorted(smallest)


def test_131_072_are_drawn_and_all_where_there_are_not_more():
    hashed = drawing.hashes(np.arange(131_073))
    assert drawing.drawn(hashed[:-1]).tolist() == list(range(131_072))
    assert sorted(set(range(131_073)) - set(drawing.drawn(hashed).tolist())) == [int(hashed.argmax())]


def test_drawn_trials_are_spread_evenly_over_the_table():
    """Of 2 million rows, about as many of each twentieth: chi-squared with 19 degrees of freedom, below its 99.9 %."""
    count = np.histogram(drawing.drawn(drawing.hashes(np.arange(2_000_000))), np.linspace(0, 2_000_000, 21))[0]
    assert ((count - 6553.6) ** 2 / 6553.6).sum() < 43.8


def strata(loss: np.ndarray, parts: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Cutoffs and sizes of the best parts of all trials."""
    ranked = np.sort(loss)
    cutoffs = np.array([ranked[ceil(part * len(loss)) - 1] for part in parts])
    return cutoffs, np.array([(loss <= cutoff).sum() for cutoff in cutoffs])


@given(seed=st.integers(0, 2**32 - 1), n_values=st.sampled_from([1, 3, 40, 10**9]), most=st.integers(1, 300))
def test_those_that_stand_for_all_are_spread_over_the_loss_as_all_are(seed, n_values, most):
    """One by one: of each stratum those with the smallest hashes, so many as its share of all asks for, if there are.

    Where no stratum has too few drawn, each of the best parts holds floor(most * size / n) of them.
    """
    rng = np.random.default_rng(seed)
    loss = rng.integers(0, n_values, 1500).astype(float)
    hashed = drawing.hashes(np.arange(1500))
    cutoffs, sizes = strata(loss, (0.005, 0.01, 0.1, 0.1234, 0.5, 0.75, 1.0))
    among = drawing.drawn(hashed, 600)
    found = among[drawing.stratified(loss[among], hashed[among], cutoffs, sizes, most)]

    wanted: set[int] = set()
    enough, so_far, below = True, 0, -np.inf
    for cutoff, size in zip(cutoffs.tolist(), sizes.tolist(), strict=True):
        here = sorted((i for i in among.tolist() if below < loss[i] <= cutoff), key=lambda i: int(hashed[i]))
        n = most * size // 1500 - so_far
        wanted |= set(here[:n])
        enough &= len(here) >= n
        so_far, below = most * size // 1500, cutoff
    assert set(found.tolist()) == wanted
    assert found.tolist() == sorted(wanted, key=lambda i: (loss[i], int(hashed[i])))
    if enough:
        held = [(loss[found] <= cutoff).sum() for cutoff in cutoffs]
        assert held == [most * size // 1500 for size in sizes.tolist()]


@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    loss, position = rng.integers(0, 30, 800).astype(float), rng.permutation(10**6)[:800]
    cutoffs, sizes = strata(loss, (0.05, 0.2, 1.0))
    order = rng.permutation(800)
    found = []
    for which in (np.arange(800), order):
        places = drawing.stratified(loss[which], drawing.hashes(position[which]), cutoffs, sizes, 200)
        found.append(position[which][places].tolist())
    assert found[0] == found[1]


def test_rungs_hold_every_step_of_the_slider_and_every_target_of_the_curve():
    steps = {round(0.005 * k, 3) for k in range(1, 201)}
    assert len(steps) == 200
    assert steps | set(TARGETS) <= set(rungs.RUNGS)
    assert len(rungs.RUNGS) <= 256
    assert list(rungs.RUNGS) == sorted(set(rungs.RUNGS))
    assert rungs.RUNGS[-1] == 1


@pytest.mark.parametrize(
    ("part", "ends"),
    [
        (0.005, (0.00425, 0.00575)),
        (0.0061, (0.005185, 0.007015)),
        (0.02, (0.017, 0.023)),
        (0.1, (0.085, 0.115)),
        (0.1234, (0.105, 0.14)),  # .10489 and .14191, between .14 and .145
        (0.5, (0.425, 0.575)),
        (0.9, (0.765, 1.0)),
        (1.0, (0.85, 1.0)),
    ],
)
def test_a_threshold_has_neighbours_15_percent_away(part, ends):
    assert rungs.near(part) == pytest.approx(ends, abs=1e-12)


@given(part=st.floats(0.005, 0.999))
def test_a_threshold_lies_between_its_neighbours(part):
    """So some trials lie there; each is a rung, at most 8 % of the fraction or half a step from where it should be."""
    low, high = rungs.near(part)
    assert low < part < high
    for found, wanted in ((low, 0.85 * part), (high, min(1.0, 1.15 * part))):
        assert found in rungs.RUNGS
        assert abs(found - wanted) <= max(0.08 * part, 0.0025 + 1e-9)


@given(part=st.integers(1, 10**8), n_trials=st.integers(1, 10**12))
def test_sizes_are_those_of_exact_fractions(part, n_trials):
    assert rungs.size(part / 10**8, n_trials) == ceil(Fraction(part, 10**8) * n_trials)


@given(below=st.integers(1, 999), above=st.integers(1, 1000), n_trials=st.integers(1, 10**12))
def test_thirds_are_thirds(below, above, n_trials):
    """Two thirds of 300,000 are 200,000, though no decimal fraction says so."""
    if below > above:
        below, above = above, below
    assert rungs.size(below / above, n_trials) == ceil(Fraction(below, above) * n_trials)
    assert rungs.size(2 / 3, 300_000) == 200_000


def test_fractions_that_are_asked_for_join_the_rungs_once():
    assert rungs.with_asked(()) == rungs.RUNGS
    assert rungs.with_asked((0.1, 0.1 + 0.2, 1.0)) == rungs.RUNGS
    assert set(rungs.with_asked((1 / 3, 0.1234))) - set(rungs.RUNGS) == {1 / 3, 0.1234}
    assert all(float(rungs.meant(part)) == part for part in rungs.RUNGS)
