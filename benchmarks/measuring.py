"""The parts of a study, shared out among the cores, a file each: a stopped run goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

EVERY = 10.0  # seconds between two words on how far it is


def measure(parts: Mapping[Path, Callable[[], Any]], workers: int) -> None:
    """Measure each part whose file is not there; the first that fails ends the run.

    What a part returns is written as JSON; it runs in a process of its own.
    """
    missing = {path: part for path, part in parts.items() if not path.exists()}
    print(f"{len(parts)} parts, {len(missing)} to measure", flush=True)
    started = last = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(_keep, path, part): path for path, part in missing.items()}
        for done, finished in enumerate(as_completed(running), 1):
            if finished.exception() is not None:
                pool.shutdown(wait=False, cancel_futures=True)
            finished.result()
            now = time.monotonic()
            if now - last > EVERY or done == len(missing):
                left = (now - started) / done * (len(missing) - done)
                print(f"{done} of {len(missing)}: {running[finished].stem}; about {left / 60:.0f} min left", flush=True)
                last = now


def _keep(path: Path, part: Callable[[], Any]) -> None:
    """Measure one part and keep it: written beside and renamed, so that a stop leaves no half file."""
    path.with_suffix(".part").write_text(json.dumps(part()), encoding="utf-8")
    path.with_suffix(".part").replace(path)
