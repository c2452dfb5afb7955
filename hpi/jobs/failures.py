"""Why a job came to no end of its own, and what can be done, in words."""

from __future__ import annotations

from hpi.child import End, Ending
from hpi.errors import HpiError, JobError
from hpi.jobs.limits import JobLimits

LESS = "Filter the trials, lower the region or choose another method"


def error_of(ending: Ending, title: str, limits: JobLimits, error_id: str) -> HpiError:
    """Return what to tell of a job that was not stopped: a refusal verbatim, else reason, remedy and error id."""
    if ending.error is not None:
        return ending.error
    return JobError(f"{_reason(ending.end, title, limits)} (Error {error_id}.)")


def _reason(end: End, title: str, limits: JobLimits) -> str:
    if end is End.TIME:
        return (
            f"{title} was ended after {limits.seconds:,g} s, the most that one calculation may take here. {LESS}; "
            "whoever runs this server can allow more with HPI_JOB_SECONDS."
        )
    if end is End.MEMORY:
        return (
            f"{title} needed more than the {limits.memory_mb:,} MB of memory that one calculation may take here. "
            f"{LESS}; whoever runs this server can allow more with HPI_JOB_MEMORY_MB."
        )
    if end is End.KILLED:
        return f"{title} was ended by the system, which mostly means that the machine ran out of memory. {LESS}."
    return (
        f"{title} broke down, which is an error of this program and not of the table. Choose another method, and "
        "report it: the log holds the details under the number of the error."
    )
