"""The slow question that a session waits for: handed to a child process, asked how it stands, let go. Draws nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import streamlit as st

from hpi.jobs import Job, Jobs, Phase, Status, Task


@st.cache_resource(show_spinner=False, on_release=Jobs.close)
def jobs() -> Jobs:
    """Return the jobs of this server; raises SettingsError where its settings make no sense."""
    return Jobs()


@dataclass
class Work:
    """A question that was handed over, by its key; and the job that answers it, for others perhaps as well."""

    question: Any
    title: str
    job: Job
    visitor: str
    cancelled: bool = False

    @property
    def status(self) -> Status:
        """Where it stands; whoever asks still waits for it."""
        return jobs().status(self.job, self.visitor)

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return not self.cancelled and self.status.is_open

    @property
    def was_cancelled(self) -> bool:
        """Whether it was let go before there was an answer."""
        return self.cancelled or self.job.phase is Phase.LET_GO

    @property
    def was_lost(self) -> bool:
        """Whether it ended since nobody had looked at it for long."""
        return not self.cancelled and self.job.phase is Phase.LET_GO

    def answer(self) -> Any:  # noqa: ANN401
        """Return what was found; raises HpiError where nothing was."""
        return self.job.answer()

    def cancel(self) -> None:
        """Let go, and do not ask again."""
        self.cancelled = True
        self.let_go()

    def let_go(self) -> None:
        """Wait for it no longer; it ends if nobody else does."""
        jobs().let_go(self.job, self.visitor)


def begin(question: Any, task: Task, visitor: str) -> Work:  # noqa: ANN401
    """Hand over a task, which answers the question; raises HpiError where it is refused."""
    waiting = f"{visitor}-{secrets.token_hex(4)}"  # two parts of a page may wait for one job and let go of it in turn
    return Work(question, task.title, jobs().submit(task, waiting), waiting)
