"""What a server does before it answers anybody: every HPI_* variable must be known, and make sense."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping

from hpi.blocks import cluster, running
from hpi.errors import SettingsError
from hpi.jobs import limits
from hpi.jobs.limits import JobLimits
from hpi.readers import limits as of_reading
from hpi.readers.limits import ReadLimits
from hpi.serving import settings, tables
from hpi.serving.secret import secret_of
from hpi.serving.settings import ServerSettings
from hpi.store.settings import VARIABLES, StoreSettings

PREFIX = "HPI_"
WORDS = (
    "HPI_ACCESS_LOG",
    "HPI_ALLOWED_HOSTS",
    "HPI_BLOCK_THREADS",
    cluster.VARIABLE,
    "HPI_FRAME_ANCESTORS",
    "HPI_REPLICA",
    "HPI_SECRET",
    "HPI_SIGN_IN",
    tables.VARIABLE,
)
LOG = "HPI_LOG"
# read by the tests alone; whoever runs both in one shell has them set
OF_TESTS = ("HPI_BROWSER", "HPI_NO_BROWSER", "HPI_NO_SERVICES")


def known() -> tuple[str, ...]:
    """Return the names of all settings, sorted."""
    numbers = (variable for _, variable, _, _ in (*settings.NUMBERS, *limits.BOUNDS, *of_reading.BOUNDS))
    return tuple(sorted({*numbers, *WORDS, *VARIABLES, LOG}))


def checked(environment: Mapping[str, str] = os.environ, address: str | None = "127.0.0.1") -> ServerSettings:
    """Return the settings of the server, when those of every part make sense.

    Raises
    ------
    SettingsError
        If a variable is unknown or makes no sense; the message begins with its name.
    """
    names = known()
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in (*names, *OF_TESTS):
            nearest = difflib.get_close_matches(variable, names, n=3, cutoff=0.6)
            there_are = "near it there is" if nearest else "there are"
            raise SettingsError(f"{variable} is no setting; {there_are}: {', '.join(nearest or names)}.")
    JobLimits.from_environment(environment)
    ReadLimits.from_environment(environment)
    StoreSettings.from_environment(environment)
    tables.tables_from(environment)
    running.threads(environment)
    cluster.executor_from(environment)  # a cluster that nobody reaches is found now, not by the first visitor
    return ServerSettings.from_environment(environment, address)


def secret(environment: Mapping[str, str] = os.environ) -> bytes:
    """Return what the cookies of visitors are signed with; raises SettingsError where none can be had.

    The same for every server with the same HPI_SECRET, or else with the same HPI_STORE.
    """
    return secret_of(environment.get("HPI_SECRET"), StoreSettings.from_environment(environment).folder)
