"""Make digits_cnn.csv: random searches over convolutional networks, one on each of six image tasks.

    pip install torch        # for this script only; the build for the CPU is enough
    python -m examples.make_digits_cnn

Each trial draws a configuration, trains one network with it on the CPU and notes the share of judged images that the
network gets right. Six tasks of 500 trials are made from scikit-learn's `load_digits` (digits_cnn_tasks.py):

    task          classes  trained, judged  question
    digits        10       797, 1000        which digit is it?
    noisy         10       797, 1000        which digit is it, under strong noise?
    parity        2        797, 1000        is the digit odd?
    rotation      4        797, 1000        by how many quarters was the image turned?
    larger        2        797, 1000        of two digits side by side: is the right one larger?
    look_alikes   4        319, 400         is it 3, 5, 8 or 9?

What is drawn (bounds and levels are read from digits_cnn.space.json beside this file):

    hyperparameter  kind      drawn from
    n_conv_layers   int       1 to 3 blocks of convolution, ReLU and max-pooling by 2 (8 x 8 pixels, then 4, 2, 1)
    filters         int       4 to 32 in each convolution, log-uniform
    kernel_size     ordinal   3, 5; padded, so that the convolution keeps the size
    dense_units     int       16 to 128 in the one dense layer behind the blocks, log-uniform
    learning_rate   float     1e-4 to 0.1, log-uniform; constant
    dropout         float     0 to 0.7, uniform; share of the dense layer's units left out at each step
    optimizer       category  adam, rmsprop, sgd (this one with a momentum of 0.9)
    batch_size      ordinal   16, 32, 64, 128
    epochs          int       1 to 30
    weight_decay    float     1e-6 to 0.01, log-uniform; the optimizer's L2 penalty

Where chance comes from: the seed, the name of the task and the number of the trial, and nothing else, say what is drawn
and how the network begins, shuffles and drops. The tasks share no configuration. One thread trains a network, so
the same version of PyTorch on the same kind of processor gives the same table again but for `duration_s`.

`val_accuracy` is that after the last epoch. A loss that is no finite number ends a training: such a network puts
every image into the first class, and keeps the accuracy that this gives, about that of guessing.

The search can be stopped at any moment: every finished trial lies in <output>.part, and the same command goes on. The
table itself is written once all trials are there, in one step.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from examples.digits_cnn_tasks import TASKS, Task, load_task
from examples.make_digits_mlp import as_text, value_at

HERE = Path(__file__).resolve().parent
TABLE = HERE / "digits_cnn.csv"
SPACE: dict[str, dict[str, Any]] = json.loads((HERE / "digits_cnn.space.json").read_text(encoding="utf-8"))
HEADER = ["task", "trial", *SPACE, "val_accuracy", "duration_s"]
N_TRIALS, N_QUICK = 500, 5
NO_TORCH = "PyTorch is missing: `pip install torch` installs it; the build for the CPU is enough."

Config = dict[str, Any]
Job = tuple[int, str, int]
Row = list[str]
Rows = dict[tuple[str, int], Row]


def chance(seed: int, task: str, trial: int) -> np.random.SeedSequence:
    """Where everything random of a trial comes from."""
    return np.random.SeedSequence([seed, trial, *task.encode()])


def draw(seed: int, task: str, trial: int) -> Config:
    """Configuration of a trial."""
    numbers = np.random.default_rng(chance(seed, task, trial)).random(len(SPACE))
    return {name: value_at(float(u), declared) for u, (name, declared) in zip(numbers, SPACE.items(), strict=True)}


def drawn_cells(seed: int, task: str, trial: int) -> Row:
    """Cells of a trial that are known before it runs: its task, number and configuration."""
    return [task, str(trial), *map(as_text, draw(seed, task, trial).values())]


def network(config: Config, shape: tuple[int, int], n_classes: int) -> Any:  # noqa: ANN401
    """Untrained network for images of a shape (height, width)."""
    from torch import nn

    layers: list[Any] = []
    n_channels, n_filters = 1, config["filters"]
    for _ in range(config["n_conv_layers"]):
        layers += [nn.Conv2d(n_channels, n_filters, config["kernel_size"], padding="same"), nn.ReLU(), nn.MaxPool2d(2)]
        n_channels = n_filters
    n_inputs = n_filters * math.prod(side // 2 ** config["n_conv_layers"] for side in shape)
    dense = [nn.Flatten(), nn.Linear(n_inputs, config["dense_units"]), nn.ReLU(), nn.Dropout(config["dropout"])]
    return nn.Sequential(*layers, *dense, nn.Linear(config["dense_units"], n_classes))


def optimizer(config: Config, weights: Any) -> Any:  # noqa: ANN401
    """Optimizer of the weights of a network."""
    from torch import optim

    common = {"lr": config["learning_rate"], "weight_decay": config["weight_decay"]}
    if config["optimizer"] == "sgd":
        return optim.SGD(weights, momentum=0.9, **common)
    return {"adam": optim.Adam, "rmsprop": optim.RMSprop}[config["optimizer"]](weights, **common)


def val_accuracy(config: Config, task: Task, seed: int) -> float:
    """Share of the judged images that a network gets right after its training."""
    import torch

    torch.manual_seed(seed)
    x, y = torch.from_numpy(task.x[:, None].copy()), torch.from_numpy(task.y)
    model = network(config, task.x.shape[1:], task.n_classes)
    steps = optimizer(config, model.parameters())
    for _ in range(config["epochs"]):
        for batch in torch.randperm(len(x)).split(config["batch_size"]):
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            if not torch.isfinite(loss):
                return float(np.mean(task.y_judged == 0))
            steps.zero_grad()
            loss.backward()
            steps.step()
    model.train(False)
    with torch.no_grad():
        logits = model(torch.from_numpy(task.x_judged[:, None].copy()))
    # where the very last step broke the weights, all logits are nan and argmax is the first class
    return float(np.mean(logits.numpy().argmax(axis=1) == task.y_judged))


@cache
def loaded(task: str) -> Task:
    """The images of a task, made once in each process."""
    return load_task(task)


def prepare() -> None:
    """Let PyTorch use one thread, in whose order of sums the results repeat; raises SystemExit where it is missing."""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise SystemExit(NO_TORCH) from error
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def run_trial(job: Job) -> Row:
    """Finished row of a trial (seed, task, trial); the time is that of one processor, in seconds."""
    seed, name, trial = job
    weights_seed = int(chance(seed, name, trial).spawn(1)[0].generate_state(1)[0])
    task, begin = loaded(name), time.process_time()
    accuracy = val_accuracy(draw(seed, name, trial), task, weights_seed)
    return [*drawn_cells(seed, name, trial), f"{accuracy:.6g}", f"{time.process_time() - begin:.4f}"]


def rows_in(path: Path, seed: int) -> Rows:
    """Finished rows of a file, without a last one that was left half written.

    Raises SystemExit if the file holds anything but trials of this very search.
    """
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8", errors="replace")
    header, *rows = [line.split(",") for line in text[: text.rfind("\n") + 1].splitlines()] or [HEADER]
    ours = header == HEADER and all(
        len(row) == len(HEADER)
        and row[0] in TASKS
        and row[1].isdecimal()
        and row[:-2] == drawn_cells(seed, row[0], int(row[1]))
        for row in rows
    )
    if not ours:
        raise SystemExit(
            f"{path} holds something else than trials of this search with --seed {seed}; "
            "allowed is a file this script left, or none: choose another --output or move it away"
        )
    return {(row[0], int(row[1])): row for row in rows}


def write(path: Path, rows: Rows) -> None:
    """Write the rows in the order of tasks and trials; a reader finds the old file or the new one, never a half."""
    order = {task: place for place, task in enumerate(TASKS)}
    ordered = [rows[key] for key in sorted(rows, key=lambda key: (order[key[0]], key[1]))]
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(",".join(row) + "\n" for row in [HEADER, *ordered])
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def finished(jobs: Sequence[Job], n_workers: int) -> Iterator[Row]:
    """Yield the row of each job as it finishes, in the order of the jobs."""
    if n_workers == 1:
        prepare()
        yield from map(run_trial, jobs)
        return
    # "spawn": a fork of a process that has used PyTorch may hang
    with multiprocessing.get_context("spawn").Pool(n_workers, initializer=prepare) as pool:
        yield from pool.imap(run_trial, jobs)


def show_progress(done: int, n_jobs: int, begin: float) -> None:
    """Say on standard error how far the search is; without a terminal one line in every 20 trials."""
    live = sys.stderr.isatty()
    if not live and done % 20 and done < n_jobs:
        return
    seconds_a_trial = (time.monotonic() - begin) / done
    minutes, seconds = divmod(round(seconds_a_trial * (n_jobs - done)), 60)
    bar = "#" * (30 * done // n_jobs)
    end = "\n" if done == n_jobs or not live else ""
    start = "\r" if live else ""
    said = f"[{bar:.<30}] {done}/{n_jobs}  {seconds_a_trial:.2f} s a trial  {minutes} min {seconds:02d} s left "
    print(start + said, end=end, file=sys.stderr, flush=True)


def search(tasks: Sequence[str], n_trials: int, path: Path, seed: int = 0, n_workers: int = 1) -> None:
    """Run the trials that neither the table at `path` nor its .part holds yet, then write the table."""
    part = path.with_name(path.name + ".part")
    rows = rows_in(path, seed) | rows_in(part, seed)
    # trial by trial through all tasks: what a stop leaves is as good for each of them
    keys = [(task, trial) for trial in range(n_trials) for task in tasks]
    jobs = [(seed, *key) for key in keys if key not in rows]
    print(f"{len(keys) - len(jobs)} of {len(keys)} trials are there already", file=sys.stderr)
    if not jobs:
        write(path, rows)
        part.unlink(missing_ok=True)
        return
    write(part, rows)
    begin = time.monotonic()
    with part.open("a", encoding="utf-8", newline="\n") as file:
        for done, row in enumerate(finished(jobs, n_workers), start=1):
            # flushed to the disk at once: a stop costs the trials that are running, no other
            file.write(",".join(row) + "\n")
            file.flush()
            os.fsync(file.fileno())
            rows[row[0], int(row[1])] = row
            show_progress(done, len(jobs), begin)
    write(path, rows)
    part.unlink()


def main() -> None:
    """Run the search as the command line asks for it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", nargs="+", choices=list(TASKS), default=list(TASKS), metavar="TASK")
    parser.add_argument("--trials", type=int, help=f"for each task; {N_TRIALS} where not given")
    parser.add_argument("--workers", type=int, default=1, help="processes that train, one thread each")
    parser.add_argument("--output", type=Path, help=f"{TABLE.name} beside this script where not given")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help=f"{N_QUICK} trials a task, into digits_cnn_quick.csv")
    given = parser.parse_args()
    trials, name = (N_QUICK, "digits_cnn_quick.csv") if given.quick else (N_TRIALS, TABLE.name)
    path = given.output or HERE / name
    try:
        search(given.tasks, trials if given.trials is None else given.trials, path, given.seed, given.workers)
    except KeyboardInterrupt:
        raise SystemExit(f"\nstopped; what is finished lies in {path}.part, and the same command goes on") from None


if __name__ == "__main__":
    main()
