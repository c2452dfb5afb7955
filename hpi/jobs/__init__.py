"""Slow work in child processes: submit a task, watch its job, let go."""

from hpi.jobs.job import Job, Phase, Status
from hpi.jobs.jobs import Jobs
from hpi.jobs.large import Count, LookAt
from hpi.jobs.limits import JobLimits
from hpi.jobs.log import Log
from hpi.jobs.tasks import TASKS, Adjust, Estimate, State, Task

__all__ = [
    "TASKS",
    "Adjust",
    "Count",
    "Estimate",
    "Job",
    "JobLimits",
    "Jobs",
    "Log",
    "LookAt",
    "Phase",
    "State",
    "Status",
    "Task",
]
