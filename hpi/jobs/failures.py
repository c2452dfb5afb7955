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
        seconds = limits.of_child(task.reads_all).seconds
        variable = "HPI_COUNT_SECONDS" if task.reads_all else "HPI_JOB_SECONDS"
        took = f"was ended after {seconds:,g} s, the most that one calculation may take here."
        return f"{task.title} {took} {_remedies(task, variable)}"
    if end is End.MEMORY:
        needed = f"needed more than the {limits.memory_mb:,} MB of memory that one calculation may take here."
        return f"{task.title} {needed} {_remedies(task, 'HPI_JOB_MEMORY_MB')}"
    if end is End.KILLED:
        return (
            f"{task.title} was ended by the system, which mostly means that the machine ran out of memory. "
            f"{_less(task) or 'Try again later'}."
        )
    return (
        f"{task.title} broke down, which is an error of this program and not of the table. "
        f"{'Choose another method, and report it' if task.has_others else 'Report it'}: the log holds the details "
        "under the number of the error."
    )


def _remedies(task: Task, variable: str) -> str:
    """Say what would help: asking the same at less cost, or another limit."""
    less, allow = _less(task), f"hoever runs this server can allow more with {variable}."
    return f"W{allow}" if less is None else f"{less}; w{allow}"


def _less(task: Task) -> str | None:
    """Say how the same could be asked at less cost; None where every row is read, whatever is asked."""
    if task.reads_all:
        return None
    if task.has_others:
        return "Filter the trials, lower the region or choose another method"
    return "Filter the trials or lower the region"
