"""A Dask cluster as the executor: from the address in the operator's settings, and what else differs from a pool."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from typing import Any, cast

from hpi.errors import SettingsError

VARIABLE = "HPI_DASK_SCHEDULER"
ADDRESS = re.compile(r"(tcp|tls)://([A-Za-z0-9]([A-Za-z0-9._-]{0,252})|\[[0-9a-fA-F:.]{2,45}\]):([0-9]{1,5})")
PORTS = range(1, 65_536)
SECONDS = 10  # to reach the scheduler


def executor_from(environment: Mapping[str, str]) -> Executor | None:
    """Return the executor of the Dask cluster that HPI_DASK_SCHEDULER names; None where it names none.

    Raises
    ------
    SettingsError
        If the address makes no sense, nobody answers there within `SECONDS`, or the package distributed is missing.
    """
    text = environment.get(VARIABLE)
    if text is None:
        return None
    found = ADDRESS.fullmatch(text)
    if found is None or int(found[4]) not in PORTS:
        raise SettingsError(
            f"{VARIABLE} is {text!r}; it must be the address of a Dask scheduler, tcp://host:port or tls://host:port."
        )
    return _executor(text)


def _executor(address: str) -> Executor:
    try:
        from distributed import Client
    except ImportError as error:
        raise SettingsError(f"{VARIABLE} needs the package distributed: install requirements-dask.txt.") from error
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise SettingsError(
            f"{VARIABLE} is {address!r}, where no Dask scheduler answered within {SECONDS} seconds. Is it running, "
            "and may this machine reach it? `dask scheduler` starts one and says its address."
        ) from error
    return cast(Executor, client.get_executor(pure=False))


def workers(executor: Executor) -> int | None:
    """Return how many chunks the workers of a Dask cluster take at once just now; None for another executor."""
    client: Any = getattr(executor, "_client", None)  # Dask's executor has no public way to ask
    return None if client is None else sum(client.nthreads().values())


def losses(error: BaseException) -> int:
    """Return how many times a worker was lost where a chunk ends like this; 0: none was, the chunk itself failed.

    Dask tries a task on other workers before it gives up, so what it gave up counts twice.
    """
    if isinstance(error, _dask("scheduler", "KilledWorker")):
        return 2
    lost = (BrokenExecutor, CancelledError, ConnectionError)
    return int(isinstance(error, (*lost, *_dask("comm.core", "CommClosedError"))))


def closed() -> tuple[type[BaseException], ...]:
    """Return what an executor raises that takes no more work."""
    return (RuntimeError, *_dask("client", "ClosedClientError"))


def _dask(module: str, name: str) -> tuple[type[BaseException], ...]:
    """Return an error of Dask's; nothing where Dask was not imported, since then nobody can have raised it."""
    found = getattr(sys.modules.get(f"distributed.{module}"), name, None)
    return () if found is None else (found,)
