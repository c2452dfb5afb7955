"""The script behind examples/digits_cnn.csv; PyTorch is needed by the tests that train, which are few."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from examples import digits_cnn_tasks, make_digits_cnn
from examples.make_digits_cnn import SPACE, TASKS, draw, run_trial, search

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def task_of():
    return {name: digits_cnn_tasks.load_task(name) for name in TASKS}


@pytest.fixture
def untrained(monkeypatch):
    """The script with networks that are not trained: an accuracy follows from the seed of the weights alone."""
    monkeypatch.setattr(make_digits_cnn, "prepare", lambda: None)
    monkeypatch.setattr(make_digits_cnn, "val_accuracy", lambda config, task, seed: seed % 1000 / 1000)


def lines_of(path):
    """The lines of a table without the time that each took."""
    return [line.rpartition(",")[0] for line in path.read_text("utf-8").splitlines()]


def digit_of():
    """Which digit each of the 1,797 images shows, by the bytes of the image."""
    x, y = load_digits(return_X_y=True)
    return {image.astype(np.uint8).tobytes(): int(digit) for image, digit in zip(x, y, strict=True)}


def shown(images):
    """The digit that each image (n, 8, 8) shows, looked up among all."""
    known = digit_of()
    return np.array([known[np.round((image + 1) * 8).astype(np.uint8).tobytes()] for image in images])


# --- what is drawn


def test_a_configuration_depends_on_seed_task_and_trial_alone():
    keys = [(task, trial) for task in TASKS for trial in range(10)]
    forwards = [draw(0, *key) for key in keys]
    np.random.default_rng(5).random(100)
    assert forwards == [draw(0, *key) for key in reversed(keys)][::-1]
    assert len({json.dumps(config) for config in forwards}) == len(keys)
    assert draw(1, "digits", 7) != draw(0, "digits", 7)


def test_drawing_and_the_tasks_need_no_torch():
    code = "import sys; from examples.make_digits_cnn import draw, load_task; draw(0, 'noisy', 0); load_task('noisy')"
    code += "; print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False"]


# --- the tasks


def test_every_task_has_the_images_and_classes_that_the_script_states(task_of):
    stated = [line.split() for line in make_digits_cnn.__doc__.splitlines() if line.endswith("?")]
    assert [words[0] for words in stated] == list(TASKS)
    for name, n_classes, n_trained, n_judged, *_ in stated:
        task = task_of[name]
        assert (task.n_classes, len(task.x), len(task.x_judged)) == (int(n_classes), int(n_trained[:-1]), int(n_judged))
        assert (len(task.y), len(task.y_judged)) == (len(task.x), len(task.x_judged))
        assert set(task.y) == set(task.y_judged) == set(range(task.n_classes))
        assert task.x.dtype == task.x_judged.dtype == np.float32
        assert task.x.min() == -1
        assert task.x.max() == 1


def test_a_task_is_the_same_at_every_call(task_of):
    for name, task in task_of.items():
        for once, again in zip(task, digits_cnn_tasks.load_task(name), strict=True):
            np.testing.assert_array_equal(once, again)


def test_digits_and_parity_are_what_the_images_show(task_of):
    for part in ("", "_judged"):
        x, y = (getattr(task_of["digits"], f"{axis}{part}") for axis in "xy")
        np.testing.assert_array_equal(y, shown(x))
        np.testing.assert_array_equal(getattr(task_of["parity"], f"y{part}"), shown(x) % 2)
        np.testing.assert_array_equal(getattr(task_of["parity"], f"x{part}"), x)


def test_look_alikes_are_3_5_8_and_9(task_of):
    task = task_of["look_alikes"]
    np.testing.assert_array_equal(np.array([3, 5, 8, 9])[task.y], shown(task.x))
    np.testing.assert_array_equal(np.array([3, 5, 8, 9])[task.y_judged], shown(task.x_judged))


def test_a_rotated_image_turned_back_is_the_digit(task_of):
    task, plain = task_of["rotation"], task_of["digits"]
    back = [np.rot90(image, -turns) for image, turns in zip(task.x_judged, task.y_judged, strict=True)]
    np.testing.assert_array_equal(back, plain.x_judged)
    # 1,000 draws of four: 250 each, standard deviation 13.7
    assert np.abs(np.bincount(task.y_judged) - 250).max() < 4 * 13.7


def test_the_larger_of_two_digits_is_named(task_of):
    task = task_of["larger"]
    for x, y in ((task.x, task.y), (task.x_judged, task.y_judged)):
        left, right = shown(x[:, :, :8]), shown(x[:, :, 8:])
        np.testing.assert_array_equal(y == 1, right > left)
        assert not np.any(left == right)


def test_no_judged_image_was_trained_on(task_of):
    def halves(x):
        return {half.tobytes() for image in x for half in np.split(image, image.shape[1] // 8, axis=1)}

    # the digits of scikit-learn hold no image twice, so equal bytes would be the same image
    assert len(digit_of()) == 1797
    for name in ("digits", "larger", "look_alikes"):
        assert not halves(task_of[name].x) & halves(task_of[name].x_judged)


def test_noise_is_that_of_a_normal_distribution_cut_to_the_range(task_of):
    noisy, plain = task_of["noisy"], task_of["digits"]
    black = noisy.x_judged[plain.x_judged == -1]
    # a pixel of 0 gets noise of 0.4: one half stays 0, and 1 is exceeded with 1 - Phi(2.5) = 0.0062
    assert np.mean(black == -1) == pytest.approx(0.5, abs=0.01)
    assert np.mean(black == 1) == pytest.approx(0.0062, abs=0.002)
    np.testing.assert_array_equal(noisy.y, plain.y)


# --- the search


def test_a_stopped_search_goes_on_and_leaves_no_half_table(untrained, tmp_path, monkeypatch):
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    search(list(TASKS), 3, whole)
    left = iter(range(7))

    def stopping(job):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return run_trial(job)

    monkeypatch.setattr(make_digits_cnn, "run_trial", stopping)
    with pytest.raises(KeyboardInterrupt):
        search(list(TASKS), 3, resumed)
    assert not resumed.exists()
    part = tmp_path / "resumed.csv.part"
    assert len(lines_of(part)) == 1 + 7

    ran = []
    monkeypatch.setattr(make_digits_cnn, "run_trial", lambda job: ran.append(job[1:]) or run_trial(job))
    search(list(TASKS), 3, resumed)
    assert len(ran) == 3 * len(TASKS) - 7
    assert lines_of(resumed) == lines_of(whole)
    assert not part.exists()


@pytest.mark.parametrize("n_bytes", [0, 12, 200, -1, -30, -200])
def test_a_part_cut_anywhere_goes_on_to_the_same_table(untrained, tmp_path, n_bytes):
    whole, resumed = tmp_path / "whole.csv", tmp_path / "resumed.csv"
    search(["parity", "digits"], 3, whole)
    (tmp_path / "resumed.csv.part").write_bytes(whole.read_bytes()[:n_bytes])
    search(["digits", "parity"], 3, resumed)
    assert lines_of(resumed) == lines_of(whole)


def test_more_trials_and_tasks_are_added_to_a_table(untrained, tmp_path, monkeypatch, capsys):
    at_once, added = tmp_path / "at_once.csv", tmp_path / "added.csv"
    search(["digits", "noisy"], 3, at_once)
    search(["noisy"], 2, added)
    search(["digits", "noisy"], 3, added)
    assert lines_of(added) == lines_of(at_once)
    # what is there already is neither run again nor dropped
    monkeypatch.setattr(make_digits_cnn, "run_trial", lambda _: pytest.fail("a finished trial ran again"))
    search(["digits"], 1, added)
    assert lines_of(added) == lines_of(at_once)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "task,trial\n", None])
def test_a_file_of_something_else_is_refused_and_left_alone(untrained, tmp_path, text):
    path = tmp_path / "t.csv"
    if text is None:
        search(["digits"], 1, path, seed=1)
    else:
        path.write_text(text, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(SystemExit, match="choose another --output"):
        search(["digits"], 2, path, seed=0)
    assert path.read_bytes() == before


def test_without_torch_the_script_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(SystemExit, match="pip install torch"):
        search(["digits"], 1, tmp_path / "t.csv")


# --- the networks


@pytest.mark.parametrize(
    ("n_layers", "shape", "n_weights"),
    [
        # 5 filters of 9 weights and a bias; 4 x 4 pixels of 5 channels to 7 units; 7 units to 3 classes
        (1, (8, 8), 5 * 10 + 7 * (80 + 1) + 3 * 8),
        # two more convolutions of 5 x 9 weights and a bias for each of 5 filters; 1 x 2 pixels remain
        (3, (8, 16), 5 * 10 + 2 * 5 * 46 + 7 * (10 + 1) + 3 * 8),
    ],
)
def test_a_network_has_the_weights_that_its_shape_asks_for(n_layers, shape, n_weights):
    torch = pytest.importorskip("torch")
    config = {"n_conv_layers": n_layers, "filters": 5, "kernel_size": 3, "dense_units": 7, "dropout": 0.5}
    network = make_digits_cnn.network(config, shape, 3)
    assert sum(weights.numel() for weights in network.parameters()) == n_weights
    assert network(torch.zeros(2, 1, *shape)).shape == (2, 3)


def test_a_small_training_learns_and_repeats(task_of):
    pytest.importorskip("torch")
    make_digits_cnn.prepare()
    config = {"n_conv_layers": 1, "filters": 8, "kernel_size": 3, "dense_units": 32, "learning_rate": 0.005}
    config |= {"dropout": 0.0, "optimizer": "adam", "batch_size": 32, "epochs": 3, "weight_decay": 1e-6}
    accuracy = make_digits_cnn.val_accuracy(config, task_of["look_alikes"], 3)
    assert accuracy == make_digits_cnn.val_accuracy(config, task_of["look_alikes"], 3)
    # guessing gets a quarter
    assert accuracy > 0.7


@pytest.mark.parametrize("optimizer", SPACE["optimizer"]["levels"])
def test_a_training_that_diverges_has_the_accuracy_of_the_first_class(task_of, optimizer):
    pytest.importorskip("torch")
    config = draw(0, "digits", 0) | {"optimizer": optimizer, "learning_rate": 1e30}
    accuracy = make_digits_cnn.val_accuracy(config, task_of["digits"], 0)
    # 178 of the 1,797 digits are a 0, and the split keeps their share
    assert accuracy == pytest.approx(178 / 1797, abs=0.001)
