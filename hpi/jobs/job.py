"""One piece of slow work: who waits for it, how far it is, and what came of it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hpi.child import Child, Message
from hpi.errors import HpiError, JobError
from hpi.jobs.tasks import Task

SOONEST = 0.02  # share done from which the time that is left can be said


class Phase(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    LET_GO = "let go"


@dataclass(frozen=True)
class Status:
    """Where a job stands now.

    Attributes
    ----------
    ahead
        How many jobs wait before it.
    done, doing
        Share of the work that is done, in [0, 1], and what is being done; "" before the first word.
    left
        Seconds until it is done, as far as its pace can tell; None where it cannot.
    """

    phase: Phase
    ahead: int = 0
    done: float = 0.0
    doing: str = ""
    left: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to wait for."""
        return self.phase in (Phase.WAITING, Phase.RUNNING)


@dataclass(eq=False)
class Job:
    """A task and what became of it; changed by `Jobs` alone.

    Attributes
    ----------
    task
        None as soon as nothing more will happen: its arrays are the visitor's.
    visitors
        Who waits for it, and when each was last seen, by the monotonic clock.
    ended
        Set as soon as nothing more will happen.
    """

    key: str
    task: Task | None
    child: Child
    visitors: dict[str, float] = field(default_factory=dict)
    phase: Phase = Phase.WAITING
    ended: threading.Event = field(default_factory=threading.Event)
    found: Any = None
    error: HpiError | None = None
    _done: float = 0.0
    _doing: str = ""
    _begun: float | None = None

    def answer(self) -> Any:  # noqa: ANN401
        """Return what the task answers.

        Raises
        ------
        HpiError
            What the task refused, or JobError where the job has come to no end of its own.
        """
        if self.error is not None:
            raise self.error
        if self.found is None:
            raise JobError("The calculation ended before it had an answer; run it again.")
        return self.found

    def hear(self, message: Message) -> None:
        """Take a message of the child."""
        if self._begun is None:
            self._begun = time.monotonic()
        self._done, self._doing = min(1.0, max(self._done, float(message["done"]))), str(message["doing"])

    def status(self, ahead: int = 0) -> Status:
        """Return where it stands, with so many jobs before it."""
        left = None
        if self.phase is Phase.RUNNING and self._begun is not None and self._done >= SOONEST:
            left = (time.monotonic() - self._begun) * (1 - self._done) / self._done
        return Status(self.phase, ahead, self._done, self._doing, left)
