"""Why a job came to no end of its own, and what can be done, in words."""

from __future__ import annotations

from hpi.child import End, Ending
from hpi.errors import HpiError, JobError
from hpi.jobs.limits import JobLimits
from hpi.jobs.tasks import Task


def error_of(ending: Ending, task: Task, limits: JobLimits, error_id: str) -> HpiError:
    """Return what to tell of a job that was not stopped: a refusal verbatim, else reason, remedy and error id."""
    if ending.error is not None:
        return ending.error
    return JobError(f"{_reason(ending.end, task, limits)} (Error {error_id}.)")


def _reason(end: End, task: Task, limits: JobLimits) -> str:
    if end is End.TIME:
        return (
            f"{task.title} was ended after {limits.seconds:,g} s, the most that one calculation may take here. "
            f"{_less(task)}; whoever runs this server can allow more with HPI_JOB_SECONDS."
        )
    if end is End.MEMORY:
        return (
            f"{task.title} needed more than the {limits.memory_mb:,} MB of memory that one calculation may take here. "
            f"{_less(task)}; whoever runs this server can allow more with HPI_JOB_MEMORY_MB."
        )
    if end is End.KILLED:
        return (
            f"{task.title} was ended by the system, which mostly means that the machine ran out of memory. "
            f"{_less(task)}."
        )
    return (
        f"{task.title} broke down, which is an error of this program and not of the table. "
        f"{'Choose another method, and report it' if task.has_others else 'Report it'}: the log holds the details "
        "under the number of the error."
    )


def _less(task: Task) -> str:
    """Say how the same could be asked at less cost."""
    if task.has_others:
        return "Filter the trials, lower the region or choose another method"
    return "Filter the trials or lower the region"
