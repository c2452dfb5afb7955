"""The slow question that a session waits for: handed to a child process, asked how it stands, let go. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from hpi.estimators import Estimate, Estimator
from hpi.jobs import Job, Jobs, Phase, Status
from hpi.subspace import Sample


@st.cache_resource(show_spinner=False, on_release=Jobs.close)
def jobs() -> Jobs:
    """Return the jobs of this server; raises JobError where its settings make no sense."""
    return Jobs()


@dataclass
class Work:
    """A question that was handed over, by its key; and the job that answers it."""

    question: Any
    title: str
    job: Job
    visitor: str

    @property
    def status(self) -> Status:
        """Where it stands; whoever asks still waits for it."""
        return jobs().status(self.job, self.visitor)

    @property
    def was_cancelled(self) -> bool:
        """Whether it ended since it was let go."""
        return self.job.phase is Phase.LET_GO

    def estimate(self) -> Estimate:
        """Return what was found; raises HpiError where nothing was."""
        return self.job.estimate()

    def let_go(self) -> None:
        """Wait for it no longer; it ends if nobody else does."""
        jobs().let_go(self.job, self.visitor)


def begin(question: Any, sample: Sample, estimator: Estimator, visitor: str) -> Work:  # noqa: ANN401
    """Hand over a question; raises HpiError where it is refused."""
    return Work(question, estimator.title, jobs().submit(sample, estimator, 0, visitor), visitor)
