"""Make digits_mlp.csv: a random search over small neural networks that read handwritten digits.

    python examples/make_digits_mlp.py --trials 1200 --out examples/digits_mlp.csv

Each trial draws a configuration, trains fully connected networks with it on the 1,797 images
of scikit-learn's `load_digits`, and appends one row. The search can be stopped at any moment;
the same command goes on where it stopped, and the table is the same but for `train_seconds`.

What is drawn (bounds and levels are read from digits_mlp.space.json beside this file):

    hyperparameter  kind      drawn from
    learning_rate   float     1e-5 to 0.1, log-uniform
    batch_size      ordinal   8, 16, 32, 64, 128
    n_layers        int       1 to 3 hidden layers
    width           int       16 to 128 units in each hidden layer, log-uniform
    optimizer       category  adam, rmsprop, sgd
    momentum        float     0 to 0.98, uniform; only with sgd, otherwise an empty cell
    activation      category  logistic, relu, tanh
    weight_decay    float     1e-6 to 0.01, log-uniform; an L2 penalty added to the gradient
    dropout         float     0 to 0.5, uniform; share of hidden units left out at each step
    standardize     bool      True: pixels to mean 0 and variance 1; False: pixels divided by 16

What is fixed: 30 epochs, a constant learning rate, softmax with cross-entropy, the splits.

Where chance comes from: trial i draws its configuration from SeedSequence([seed, i]), and its
networks draw weights, order of images and dropout from children of that sequence. No trial
depends on another one, nor on the order in which they ran.

`val_accuracy`: the images are halved twice, each time anew; every half trains a network that is
judged on the other half. The accuracy is over all 2 * 1,797 judgements. A training that diverges
to non-finite weights keeps its accuracy, about that of guessing.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

HERE = Path(__file__).resolve().parent
SPACE: dict[str, dict[str, Any]] = json.loads((HERE / "digits_mlp.space.json").read_text(encoding="utf-8"))
ACTIVE_ONLY_WITH = {"momentum": ("optimizer", "sgd")}
HEADER = ["trial", *SPACE, "val_accuracy", "train_seconds"]
N_EPOCHS = 30
N_CLASSES = 10

Rng = np.random.Generator
Array = np.ndarray
Value = str | int | float | bool | None
Config = dict[str, Any]
Split = tuple[Array, Array, Array, Array]
Layers = list[tuple[Array, Array]]


def value_at(u: float, declared: dict[str, Any]) -> Value:
    """Value that a uniform number `u` in [0, 1) stands for in one hyperparameter."""
    kind = declared["kind"]
    if kind == "bool":
        return u >= 0.5
    if "levels" in declared:
        levels: list[Value] = declared["levels"]
        return levels[int(u * len(levels))]
    # an int owns the interval up to the next one, so that its upper bound is drawn as well
    low, high = declared["low"], declared["high"] + (kind == "int")
    value = low * (high / low) ** u if declared.get("log") else low + (high - low) * u
    # rounded before it is used: the table holds exactly what was trained
    return math.floor(value) if kind == "int" else float(f"{value:.6g}")


def draw(seed: int, trial: int) -> Config:
    """Configuration of a trial; None for a hyperparameter that is inactive in it."""
    # one number for every hyperparameter, active or not: none shifts the draws of the others
    numbers = np.random.default_rng(np.random.SeedSequence([seed, trial])).random(len(SPACE))
    config = {name: value_at(float(u), declared) for u, (name, declared) in zip(numbers, SPACE.items(), strict=True)}
    for name, (parent, level) in ACTIVE_ONLY_WITH.items():
        if config[parent] != level:
            config[name] = None
    return config


# each activation with its derivative, written in terms of the activation's own output
ACTIVATIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "logistic": (expit, lambda a: a * (1 - a)),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
    "tanh": (np.tanh, lambda a: 1 - a * a),
}


def layer_views(flat: Array, sizes: list[int]) -> Layers:
    """Weights (n_in, n_out) and biases (n_out,) of every layer as views into `flat`."""
    layers, start = [], 0
    for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True):
        middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
        layers.append((flat[start:middle].reshape(n_in, n_out), flat[middle:end]))
        start = end
    return layers


def initial_weights(sizes: list[int], activation: str, rng: Rng) -> Array:
    """All weights and biases in one flat float32 array: scaled normal, biases 0."""
    n_weights = sum((n_in + 1) * n_out for n_in, n_out in zip(sizes[:-1], sizes[1:], strict=True))
    flat = np.zeros(n_weights, dtype=np.float32)
    gain = 2.0 if activation == "relu" else 1.0
    for weights, _ in layer_views(flat, sizes):
        weights[:] = rng.standard_normal(weights.shape) * math.sqrt(gain / len(weights))
    return flat


def make_step(config: Config, n_weights: int) -> Callable[[Array, Array], None]:
    """Optimizer's step: it changes the flat weights in place by a flat gradient."""
    rate, optimizer = config["learning_rate"], config["optimizer"]
    mean, square = np.zeros((2, n_weights), dtype=np.float32)
    # adam's first moments keep 0.9 of the past, rmsprop has none
    keep_mean, keep_square = (0.9, 0.999) if optimizer == "adam" else (0.0, 0.9)
    count = 0

    def sgd(flat: Array, gradient: Array) -> None:
        mean[:] = config["momentum"] * mean - rate * gradient
        flat += mean

    def adaptive(flat: Array, gradient: Array) -> None:
        nonlocal count
        count += 1
        mean[:] = keep_mean * mean + (1 - keep_mean) * gradient
        square[:] = keep_square * square + (1 - keep_square) * gradient * gradient
        # only adam corrects the start from 0; rmsprop is used as it was first described
        fix_mean, fix_square = (1 - keep_mean**count, 1 - keep_square**count) if optimizer == "adam" else (1.0, 1.0)
        flat -= rate / fix_mean * mean / (np.sqrt(square / fix_square) + 1e-8)

    return sgd if optimizer == "sgd" else adaptive


def forward(
    x: Array, layers: Layers, config: Config, rng: Rng | None = None
) -> tuple[list[Array], list[Array | float]]:
    """Inputs of all layers followed by the logits, and the masks of the dropout.

    Without `rng` nothing is dropped, as it should be when a network is judged.
    """
    activate, _ = ACTIVATIONS[config["activation"]]
    keep = np.float32(1 - config["dropout"])
    outputs, masks = [x], []
    for weights, biases in layers[:-1]:
        hidden = activate(outputs[-1] @ weights + biases)
        mask = 1.0 if rng is None else (rng.random(hidden.shape, np.float32) < keep) / keep
        masks.append(mask)
        outputs.append(hidden * mask)
    weights, biases = layers[-1]
    return [*outputs, outputs[-1] @ weights + biases], masks


def backward(x: Array, onehot: Array, layers: Layers, gradients: Layers, config: Config, rng: Rng) -> None:
    """Write the gradient of the mean cross-entropy over one batch into `gradients`."""
    _, slope = ACTIVATIONS[config["activation"]]
    outputs, masks = forward(x, layers, config, rng)
    delta = (softmax(outputs[-1], axis=1) - onehot) / len(x)
    for k in reversed(range(len(layers))):
        np.matmul(outputs[k].T, delta, out=gradients[k][0])
        np.sum(delta, axis=0, out=gradients[k][1])
        if k:
            mask = masks[k - 1]
            # undo the mask's scale to get the activation's own output back; 0 stays 0
            activated = outputs[k] * np.float32(1 - config["dropout"])
            delta = (delta @ layers[k][0].T) * mask * slope(activated)


def train(x: Array, y: Array, config: Config, rng: Rng) -> Layers:
    """Layers of a network trained on images `x` (n, 64) and digits `y` (n,)."""
    sizes = [x.shape[1], *[config["width"]] * config["n_layers"], N_CLASSES]
    flat = initial_weights(sizes, config["activation"], rng)
    gradient = np.empty_like(flat)
    layers, gradients = layer_views(flat, sizes), layer_views(gradient, sizes)
    step = make_step(config, flat.size)
    onehot = np.eye(N_CLASSES, dtype=np.float32)[y]
    for _ in range(N_EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x), config["batch_size"]):
            batch = order[start : start + config["batch_size"]]
            backward(x[batch], onehot[batch], layers, gradients, config, rng)
            gradient += config["weight_decay"] * flat
            step(flat, gradient)
        if not np.isfinite(flat).all():
            break
    return layers


def load_splits() -> dict[bool, list[Split]]:
    """Four splits (x, y, x_judged, y_judged), without and with standardization."""
    x, y = load_digits(return_X_y=True)
    halves = list(RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0).split(x, y))
    splits: dict[bool, list[Split]] = {False: [], True: []}
    for train_rows, judged_rows in halves:
        # mean and variance come from the training half alone
        scaler = StandardScaler().fit(x[train_rows])
        for standardize, pixels in ((False, x / 16), (True, scaler.transform(x))):
            pixels = pixels.astype(np.float32)
            splits[standardize].append((pixels[train_rows], y[train_rows], pixels[judged_rows], y[judged_rows]))
    return splits


def val_accuracy(config: Config, splits: list[Split], seeds: list[np.random.SeedSequence]) -> float:
    """Share of held-out images read right, over all splits; one seed a split."""
    n_right = n_judged = 0
    # a learning rate that is far too high overflows: that is a bad trial, not an error
    with np.errstate(all="ignore"):
        for (x, y, x_judged, y_judged), seed in zip(splits, seeds, strict=True):
            layers = train(x, y, config, np.random.default_rng(seed))
            logits = forward(x_judged, layers, config)[0][-1]
            n_right += int((logits.argmax(axis=1) == y_judged).sum())
            n_judged += len(y_judged)
    return n_right / n_judged


def as_text(value: Value) -> str:
    """Cell of the table: empty for None, six significant digits for a float."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def drawn_cells(seed: int, trial: int) -> list[str]:
    """Cells of a trial that are known before it runs: its number and configuration."""
    return [str(trial), *map(as_text, draw(seed, trial).values())]


def run_trial(seed: int, trial: int, splits: dict[bool, list[Split]]) -> list[str]:
    """Finished row of a trial; the time is that of one processor, in seconds."""
    config = draw(seed, trial)
    chosen = splits[bool(config["standardize"])]
    seeds = np.random.SeedSequence([seed, trial]).spawn(len(chosen))
    begin = time.process_time()
    accuracy = val_accuracy(config, chosen, seeds)
    seconds = time.process_time() - begin
    return [*drawn_cells(seed, trial), f"{accuracy:.6g}", f"{seconds:.4f}"]


def rows_done(path: Path, seed: int) -> list[list[str]]:
    """Finished rows of a table, after cutting off a row that was left half written.

    Raises SystemExit if the file holds anything but the first trials of this very search.
    """
    text = path.read_bytes().decode("utf-8", "replace") if path.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    header = ",".join(HEADER) + "\n"
    lines = [line.split(",") for line in whole.splitlines()]
    ours = header.startswith(text) if not lines else lines[0] == HEADER
    for trial, cells in enumerate(lines[1:]):
        ours = ours and len(cells) == len(HEADER) and cells[:-2] == drawn_cells(seed, trial)
    if not ours:
        raise SystemExit(
            f"{path} holds something else than the first trials of this search with --seed {seed}; "
            "allowed is a file this script left, or none: choose another --out or move it away"
        )
    if len(whole) < len(text):
        os.truncate(path, len(whole.encode("utf-8")))
    return lines[1:]


def finished(seed: int, first: int, n_trials: int) -> Iterator[list[str]]:
    """Yield the rows of trials `first` to `n_trials` - 1 as they finish, on one thread."""
    with threadpool_limits(limits=1):
        splits = load_splits()
        for trial in range(first, n_trials):
            yield run_trial(seed, trial, splits)


def show_progress(done: int, n_trials: int, seconds_a_trial: float, best: float) -> None:
    """Draw the progress bar on standard error; without a terminal one line in every 50 trials."""
    live = sys.stderr.isatty()
    if not live and done % 50 and done < n_trials:
        return
    bar = "#" * (30 * done // n_trials)
    minutes, seconds = divmod(round(seconds_a_trial * (n_trials - done)), 60)
    sys.stderr.write(
        f"{chr(13) if live else ''}[{bar:.<30}] {done}/{n_trials}  best {best:.4f}  "
        f"{seconds_a_trial:.2f} s a trial  {minutes} min {seconds:02d} s left "
        + ("\n" if done >= n_trials or not live else "")
    )
    sys.stderr.flush()


def search(n_trials: int, path: Path, seed: int = 0) -> None:
    """Append the trials that the table at `path` does not hold yet, one row at a time."""
    rows = rows_done(path, seed)
    if len(rows) >= n_trials:
        sys.stderr.write(f"{path} holds {len(rows)} trials already; nothing to do\n")
        return
    best = max((float(row[-2]) for row in rows), default=0.0)
    begin = time.monotonic()
    with path.open("a", encoding="utf-8", newline="\n") as file:
        if file.tell() == 0:
            file.write(",".join(HEADER) + "\n")
        for new, row in enumerate(finished(seed, len(rows), n_trials), start=1):
            # flushed to the disk at once: a cut costs the trial that is running, no other
            file.write(",".join(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
            best = max(best, float(row[-2]))
            show_progress(len(rows) + new, n_trials, (time.monotonic() - begin) / new, best)


def main() -> None:
    """Run the search as the command line asks for it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=1200)
    parser.add_argument("--out", type=Path, default=HERE / "digits_mlp.csv")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    search(given.trials, given.out, given.seed)


if __name__ == "__main__":
    main()
