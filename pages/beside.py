"""Slow work beside the answer of a page: done at once where it is quick, else by a job of its own. Draws nothing.

A page asks for it by `state.findings(answer)` or one of its like, which return None while there is nothing to show, and
then draws `job.beside(name)`, which says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hpi.errors import HpiError, JobError
from hpi.estimators import quiet
from hpi.jobs import Task
from pages import work
from pages.work import Work


@dataclass
class Beside:
    """A task that belongs to what a page shows, and what became of it.

    Attributes
    ----------
    question
        All that the answer depends on: where it is another one, this is let go.
    is_quick
        Whether it is done at once, in the process of the page.
    found
        The answer; None while there is none.
    refused
        Why there will be none, as a sentence; else None.
    may_help
        Whether trying again may help, as after a failure or where it was cancelled.
    n_looks
        How often a page has asked how far it is.
    """

    question: Any
    task: Task
    is_quick: bool
    visitor: str
    found: Any = None
    refused: str | None = None
    may_help: bool = False
    n_looks: int = 0
    work: Work | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return self.found is None and self.refused is None and (self.work is None or self.work.is_open)

    def collect(self, is_patient: bool = False) -> Any:  # noqa: ANN401
        """Begin it if need be; return the answer, or None where there is none yet, or none at all.

        `is_patient`: begin a job at the second look only, so that ten steps of a slider do not begin ten.
        """
        waits = is_patient and not self.is_quick and self.work is None and self.n_looks == 0
        if self.found is None and self.refused is None and not waits:
            try:
                self.found = self._at_once() if self.is_quick else self._of_job()
            except HpiError as error:
                self.refused = str(error)
                self.may_help = isinstance(error, JobError)
        return self.found

    def cancel(self) -> None:
        """End it, and do not ask again until `retry`."""
        if self.work is not None:
            self.work.cancel()

    def retry(self) -> None:
        """Begin anew at the next `collect`."""
        self.let_go()
        self.refused = self.work = None

    def let_go(self) -> None:
        """Wait for it no longer."""
        if self.work is not None:
            self.work.let_go()

    def _at_once(self) -> Any:  # noqa: ANN401
        self.task.refuse()
        return self.task.run(quiet)

    def _of_job(self) -> Any:  # noqa: ANN401
        if self.work is None or self.work.was_lost:
            self.work = work.begin(self.question, self.task, self.visitor)
        if self.work.is_open:
            return None
        if self.work.was_cancelled:
            raise JobError(f"{self.task.title} was cancelled.")
        return self.work.answer()
