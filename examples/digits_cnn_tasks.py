"""The image tasks of digits_cnn.csv, all derived from the 1,797 digits of scikit-learn's `load_digits`.

The digits are split once, by digit in equal parts: 797 to train on, 1,000 to be judged. Every task is made from the
same two sets, each for itself, so that no judged image, nor a half of one, was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

N_JUDGED = 1000
NOISE = 0.4
LOOK_ALIKE = (3, 5, 8, 9)

Images = NDArray[np.float32]
Labels = NDArray[np.int64]
Labelled = tuple[Images, Labels]
Rng = np.random.Generator


class Task(NamedTuple):
    """Images (n, height, width) with pixels in [-1, 1] and their classes (n,), counted from 0."""

    x: Images
    y: Labels
    x_judged: Images
    y_judged: Labels
    n_classes: int


def digits(x: Images, y: Labels, rng: Rng) -> Labelled:
    """Which of the ten digits it is."""
    return x, y


def noisy(x: Images, y: Labels, rng: Rng) -> Labelled:
    """Which of the ten digits it is, under normal noise of 0.4 in every pixel, cut to [0, 1]."""
    return np.clip(x + rng.normal(scale=NOISE, size=x.shape), 0, 1).astype(np.float32), y


def parity(x: Images, y: Labels, rng: Rng) -> Labelled:
    """Whether the digit is odd."""
    return x, y % 2


def rotation(x: Images, y: Labels, rng: Rng) -> Labelled:
    """By how many quarters the image was turned, one of 0 to 3 drawn for each."""
    turns = rng.integers(4, size=len(x))
    return np.stack([np.rot90(image, k) for image, k in zip(x, turns, strict=True)]), turns


def larger(x: Images, y: Labels, rng: Rng) -> Labelled:
    """Whether the right one of two digits side by side (8 x 16) is the larger; a digit meets another value only."""
    partner = np.array([rng.choice(np.flatnonzero(y != digit)) for digit in y])
    return np.concatenate([x, x[partner]], axis=2), (y[partner] > y).astype(np.int64)


def look_alikes(x: Images, y: Labels, rng: Rng) -> Labelled:
    """Which of 3, 5, 8 and 9 it is; the other digits are left out, so there is little to learn from."""
    kept = np.isin(y, LOOK_ALIKE)
    return x[kept], np.searchsorted(LOOK_ALIKE, y[kept])


TASKS: dict[str, Callable[[Images, Labels, Rng], Labelled]] = {
    make.__name__: make for make in (digits, noisy, parity, rotation, larger, look_alikes)
}


def load_task(name: str) -> Task:
    """Images and classes of a task; the same ones at every call."""
    x, y = load_digits(return_X_y=True)
    images = (x.reshape(-1, 8, 8) / 16).astype(np.float32)
    parts = train_test_split(images, y.astype(np.int64), test_size=N_JUDGED, stratify=y, random_state=0)
    x_train, x_judged, y_train, y_judged = parts
    # chance differs between tasks and between the two sets, but not from one call to the next
    trained_rng, judged_rng = np.random.default_rng([*name.encode()]).spawn(2)
    trained = TASKS[name](x_train, y_train, trained_rng)
    judged = TASKS[name](x_judged, y_judged, judged_rng)
    (x_train, y_train), (x_judged, y_judged) = trained, judged
    return Task(2 * x_train - 1, y_train, 2 * x_judged - 1, y_judged, n_classes=int(y_train.max()) + 1)
