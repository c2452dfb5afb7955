"""What runs in the child of a job: `python -m hpi.jobs.worker`, with a folder that holds the task."""

from __future__ import annotations

import time
from pathlib import Path

from hpi import child
from hpi.estimators import ESTIMATORS, Estimator, Report
from hpi.jobs.files import load_task, save_answer

OFTEN = 0.1  # seconds between two reports of progress


def main(estimators: tuple[type[Estimator], ...] = ESTIMATORS) -> None:
    """Do one task."""
    with child.attended() as (asked, tell):
        folder = Path(asked["folder"])
        save_answer(folder, load_task(folder, estimators).run(_reporting(tell)))


def _reporting(tell: child.Tell) -> Report:
    """Return a report that passes on the first word, the last one, and between them not more than is read."""
    last = [0.0]

    def report(done: float, doing: str) -> None:
        now = time.monotonic()
        if done >= 1 or now - last[0] >= OFTEN:
            last[0] = now
            tell(done=float(done), doing=doing)

    return report


if __name__ == "__main__":
    main()
