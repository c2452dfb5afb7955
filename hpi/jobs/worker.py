"""What runs in the child of a job: `python -m hpi.jobs.worker`, with a folder that holds the request."""

from __future__ import annotations

import time
from pathlib import Path

from hpi import child, scoring
from hpi.estimators import ESTIMATORS, Estimator, Report
from hpi.jobs.files import Request, save_estimate

OFTEN = 0.1  # seconds between two reports of progress


def main(estimators: tuple[type[Estimator], ...] = ESTIMATORS) -> None:
    """Answer one request."""
    with child.attended() as (asked, tell):
        folder = Path(asked["folder"])
        request = Request.load(folder, estimators)
        found = scoring.estimate(request.sample, request.estimator, request.seed, _reporting(tell))
        save_estimate(folder, found)


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
