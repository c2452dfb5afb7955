"""Slow work in child processes: submit, watch, let go."""

from hpi.jobs.files import Request
from hpi.jobs.job import Job, Phase, Status
from hpi.jobs.jobs import Jobs
from hpi.jobs.limits import JobLimits
from hpi.jobs.log import Log

__all__ = ["Job", "JobLimits", "Jobs", "Log", "Phase", "Request", "Status"]
