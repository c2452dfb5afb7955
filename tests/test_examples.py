"""The tables in examples/ are what their scripts make, and the scripts survive being stopped."""

import csv
import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TABLE = EXAMPLES / "digits_mlp.csv"
SPACE = json.loads((EXAMPLES / "digits_mlp.space.json").read_text(encoding="utf-8"))
N_JUDGED = 2 * 1797


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_digits_mlp", EXAMPLES / "make_digits_mlp.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def quick(script, monkeypatch):
    """The script with so little training that a trial takes a few hundredths of a second."""
    monkeypatch.setattr(script, "N_EPOCHS", 1)
    return script


@pytest.fixture(scope="module")
def rows():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_seconds(path):
    return [line.rpartition(",")[0] for line in path.read_text(encoding="utf-8").split("\n")]


def p_value_of(declared, cells):
    """How well the cells of a column fit what is declared of it: Kolmogorov-Smirnov for a float, else chi-square."""
    if declared["kind"] == "float":
        to_scale = np.log if declared.get("log") else np.asarray
        low, high = to_scale([declared["low"], declared["high"]])
        return stats.kstest(to_scale(np.array(cells, dtype=float)), stats.uniform(low, high - low).cdf).pvalue
    levels = [str(level) for level in declared.get("levels", [False, True])]
    if declared["kind"] == "int":
        levels = [str(level) for level in range(declared["low"], declared["high"] + 1)]
    assert set(cells) <= set(levels)
    # a log-uniform integer k owns the interval from k to k + 1
    width = [math.log1p(1 / int(level)) if declared.get("log") else 1 for level in levels]
    expected = len(cells) * np.array(width) / sum(width)
    return stats.chisquare([cells.count(level) for level in levels], expected).pvalue


# --- the script


def test_a_configuration_depends_on_seed_and_trial_alone(script):
    forwards = [script.draw(0, i) for i in range(20)]
    np.random.default_rng(5).random(100)
    backwards = [script.draw(0, i) for i in reversed(range(20))]
    assert forwards == backwards[::-1]
    assert len({json.dumps(config) for config in forwards}) == 20
    assert script.draw(1, 7) != script.draw(0, 7)


def test_a_trial_alone_gives_the_row_it_gives_within_a_search(quick, tmp_path):
    quick.search(3, tmp_path / "t.csv")
    alone = quick.run_trial(0, 2, quick.load_splits())
    assert ",".join(alone[:-1]) == without_seconds(tmp_path / "t.csv")[3]


@pytest.mark.parametrize("cut", ["header", "after header", "row", "last digit", "before newline", "row end"])
def test_a_search_cut_anywhere_goes_on_to_the_same_table(quick, tmp_path, cut):
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    quick.search(4, whole)
    text = whole.read_bytes()
    ends = [i + 1 for i, byte in enumerate(text) if byte == ord("\n")]
    at = {"header": 12, "after header": ends[0], "row": ends[2] + 20, "last digit": ends[2] - 2}
    at |= {"before newline": ends[2] - 1, "row end": ends[2]}
    resumed.write_bytes(text[: at[cut]])
    quick.search(4, resumed)
    assert without_seconds(resumed) == without_seconds(whole)


def test_finished_trials_are_not_run_again(quick, tmp_path, monkeypatch, capsys):
    path = tmp_path / "t.csv"
    quick.search(2, path)
    before = path.read_bytes()
    monkeypatch.setattr(quick, "run_trial", lambda *_: pytest.fail("a finished trial ran again"))
    quick.search(2, path)
    assert path.read_bytes() == before
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "2/2" in printed.err


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "no table at all", None])
def test_a_file_of_something_else_is_refused_and_left_alone(quick, tmp_path, text):
    path = tmp_path / "t.csv"
    if text is None:
        quick.search(1, path, seed=1)
    else:
        path.write_text(text, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(SystemExit, match="choose another --out"):
        quick.search(2, path, seed=0)
    assert path.read_bytes() == before


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("activation", ["logistic", "relu", "tanh"])
def test_the_gradient_is_that_of_finite_differences(script, activation, dropout):
    config, sizes = {"activation": activation, "dropout": dropout}, [5, 4, 3, 10]
    rng = np.random.default_rng(1)
    n_weights = 6 * 4 + 5 * 3 + 4 * 10
    flat, gradient = rng.normal(size=n_weights), np.zeros(n_weights)
    x, y = rng.normal(size=(6, 5)), rng.integers(0, 10, 6)

    def loss(weights):
        layers = script.layer_views(weights, sizes)
        logits = script.forward(x, layers, config, np.random.default_rng(3))[0][-1]
        return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(6), y])

    views = [script.layer_views(array, sizes) for array in (flat, gradient)]
    script.backward(x, np.eye(10)[y], *views, config, np.random.default_rng(3))
    numeric = [(loss(flat + h) - loss(flat - h)) / 2e-6 for h in 1e-6 * np.eye(n_weights)]
    # the mask's scale is a float32, hence not the 1e-9 that central differences would allow
    np.testing.assert_allclose(gradient, numeric, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "moved"),
    [
        # twice the gradient 4 at rate 0.1; sgd: 0.1 * 4, then 0.5 * 0.4 more
        ("sgd", 0.4 + 0.6),
        # both corrected moments are exactly 4 and 16: a full rate in each step
        ("adam", 0.1 + 0.1),
        # running squares 0.1 * 16, then 0.19 * 16
        ("rmsprop", 0.1 / math.sqrt(0.1) + 0.1 / math.sqrt(0.19)),
    ],
)
def test_two_steps_of_each_optimizer_by_hand(script, optimizer, moved):
    config = {"learning_rate": 0.1, "optimizer": optimizer, "momentum": 0.5}
    step, flat = script.make_step(config, 1), np.zeros(1, dtype=np.float32)
    for _ in range(2):
        step(flat, np.full(1, 4, dtype=np.float32))
    assert flat[0] == pytest.approx(-moved, rel=1e-5)


# --- the table that is shipped


def test_the_table_is_large_enough_to_learn_from_and_small_enough_to_ship(rows):
    assert len(rows) >= 1000
    assert TABLE.stat().st_size < 500_000
    assert [row["trial"] for row in rows] == [str(i) for i in range(len(rows))]


def test_the_table_holds_what_the_script_draws(script, rows):
    for trial, row in enumerate(rows):
        assert list(row.values())[:-2] == script.drawn_cells(0, trial)


def test_momentum_is_there_with_sgd_and_with_nothing_else(rows):
    assert {row["optimizer"] for row in rows if row["momentum"]} == {"sgd"}
    assert {row["optimizer"] for row in rows if not row["momentum"]} == {"adam", "rmsprop"}


@pytest.mark.parametrize("name", SPACE)
def test_values_are_drawn_from_the_declared_space(rows, name):
    # ten tests on a table that never changes: small enough to pass by right, not by luck
    assert p_value_of(SPACE[name], [row[name] for row in rows if row[name]]) > 0.001


def test_every_outcome_is_a_count_of_images_and_a_time(rows):
    n_right = [float(row["val_accuracy"]) * N_JUDGED for row in rows]
    # six significant digits move an accuracy by at most 5e-7
    np.testing.assert_allclose(n_right, np.round(n_right), atol=5e-7 * N_JUDGED)
    assert min(n_right) > 0
    assert max(n_right) < N_JUDGED
    assert min(float(row["train_seconds"]) for row in rows) > 0


def test_the_best_trials_are_told_apart(rows):
    best = sorted((row["val_accuracy"] for row in rows), key=float)[-len(rows) // 10 :]
    assert len(set(best)) > 20
    assert max(best.count(value) for value in best) <= 12


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
def test_training_again_gives_the_accuracy_of_the_table(script, rows, optimizer):
    good = [row for row in rows if row["optimizer"] == optimizer and float(row["val_accuracy"]) > 0.9]
    fastest = min(good, key=lambda row: float(row["train_seconds"]))
    again = script.run_trial(0, int(fastest["trial"]), script.load_splits())
    # another build of the linear algebra rounds differently: a few images of the 3,594
    assert float(again[-2]) == pytest.approx(float(fastest["val_accuracy"]), abs=0.01)
