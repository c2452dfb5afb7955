"""A worker for tests of jobs: `python -m tests.slow_worker`, with estimators that take long or go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hpi.errors import EstimatorError
from hpi.estimators import ESTIMATORS, Estimate, PedAnova, Report, quiet
from hpi.estimators.settings import setting
from hpi.jobs.worker import main
from hpi.subspace import Sample

WORKER = "tests.slow_worker"
HOW = ("answer", "wait", "refuse", "memory", "crash", "die", "grandchild")
SECRET = "the name of a column"


@dataclass(frozen=True)
class Slow(PedAnova):
    """PED-ANOVA that takes its time, or does not come to an end."""

    how: str = setting("answer", "what happens", choices=HOW)
    steps: int = setting(3, "reports of progress", low=0, high=1_000_000)
    pause: float = setting(0.0, "seconds between two of them", low=0, high=1000)

    name: ClassVar[str] = "slow"
    title: ClassVar[str] = "A slow one"
    summary: ClassVar[str] = "Takes its time."
    uses_target: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True

    def estimate(self, sample: Sample, rng: np.random.Generator, report: Report = quiet) -> Estimate:
        """Do what it was told."""
        print("something that a library prints")
        for step in range(self.steps):
            report(step / self.steps, "going slowly")
            time.sleep(self.pause)
        if self.how == "wait":
            time.sleep(1000)
        if self.how == "grandchild":
            started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
            report(1.0, str(started.pid))
            time.sleep(1000)
        if self.how == "refuse":
            raise EstimatorError(f"No: {SECRET}.")
        if self.how == "memory":
            np.ones(1 << 40)
        if self.how == "crash":
            raise KeyError(SECRET)
        if self.how == "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().estimate(sample, rng, report)


if __name__ == "__main__":
    main((*ESTIMATORS, Slow))
