"""A Dask cluster as the executor: from the address in the operator's settings, and what else differs from a pool."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from functools import partial
from threading import Thread
from typing import Any, TypeVar, cast

from hpi.errors import SettingsError
from hpi.version import VERSION

R = TypeVar("R")

VARIABLE = "HPI_DASK_SCHEDULER"
ADDRESS = re.compile(r"(tcp|tls)://([A-Za-z0-9]([A-Za-z0-9._-]{0,252})|\[[0-9a-fA-F:.]{2,45}\]):([0-9]{1,5})")
PORTS = range(1, 65_536)
SECONDS = 10  # to reach the scheduler
ANSWER = 2.0  # seconds to say how many workers there are, or goodbye


def executor_from(environment: Mapping[str, str]) -> Callable[[], Executor] | None:
    """Return what connects to the Dask cluster that HPI_DASK_SCHEDULER names, having done so; None where it names none.

    `hpi.blocks.running.run` connects with it and closes the connection at its end.

    Raises
    ------
    SettingsError
        If the address makes no sense, nobody answers there within `SECONDS`, workers have no or another hpi, or the
        package distributed is missing here.
    """
    text = environment.get(VARIABLE)
    if text is None:
        return None
    found = ADDRESS.fullmatch(text)
    if found is None or int(found[4]) not in PORTS:
        raise SettingsError(
            f"{VARIABLE} is {text!r}; it must be the address of a Dask scheduler, tcp://host:port or tls://host:port."
        )
    connect = partial(_executor, text)
    close(connect())
    return connect


def _executor(address: str) -> Executor:
    try:
        from distributed import Client
    except ImportError as error:
        raise SettingsError(f"{VARIABLE} needs the package distributed: install requirements-dask.txt.") from error
    client = _connected(partial(Client, address, timeout=SECONDS, set_as_default=False))
    if isinstance(client, Exception):
        raise SettingsError(
            f"{VARIABLE} is {address!r}, where no Dask scheduler answered within {SECONDS} seconds. Is it running, "
            "and may this machine reach it? `dask scheduler` starts one and says its address."
        ) from client
    executor = cast(Executor, client.get_executor())
    try:
        _agree(client.run(_version, on_error="return"))
    except SettingsError:
        close(executor)
        raise
    return executor


def _connected(connect: Callable[[], Any]) -> Any:  # noqa: ANN401  # a client of Dask's, or why there is none
    """Return what comes of connecting, or an error; Dask itself waits for ever for a server that says nothing."""
    found: list[Any] = []

    def connecting() -> None:
        try:
            found.append(connect())
        except Exception as error:
            found.append(error)

    thread = Thread(target=connecting, name="hpi-dask", daemon=True)
    thread.start()
    thread.join(SECONDS + 1)
    return found[0] if found else TimeoutError("nothing was said")


def _version() -> str:
    """Return the version of hpi where this runs."""
    return VERSION


def _agree(found: Mapping[str, object]) -> None:
    """Raise SettingsError where a worker, by address, has another hpi than this machine, or an error instead of one."""
    for worker, version in sorted(found.items()):
        if version != VERSION:
            has = f"hpi {version}" if isinstance(version, str) else f"no hpi that runs there ({said(version)})"
            raise SettingsError(
                f"{VARIABLE} names a cluster whose worker {worker} has {has}; this machine has hpi {VERSION}. Install "
                "the same hpi, numpy and pyarrow on all of them."
            )


def close(executor: Executor) -> None:
    """Close the connection to a Dask cluster, which stays; what was handed in is dropped there."""
    vars(executor)["_client"].close(timeout=ANSWER)


def is_one(executor: Executor) -> bool:
    """Return whether an executor is a Dask cluster's."""
    return isinstance(executor, _dask("cfexecutor", "ClientExecutor"))


class Answer(Future[R]):
    """What a Dask cluster will answer.

    Dask's own executor has such a future, too, but that one takes an answer for an error, or never ends, where a worker
    or the scheduler is lost just as the answer comes.
    """

    def __init__(self, theirs: Any) -> None:  # noqa: ANN401  # a future of Dask's
        """Wait for a future of Dask's."""
        super().__init__()
        self.theirs = theirs
        theirs.add_done_callback(self._settle)

    def cancel(self) -> bool:
        """End it, there and here."""
        self.theirs.cancel()
        return super().cancel()

    def _settle(self, theirs: Any) -> None:  # noqa: ANN401
        if not self.set_running_or_notify_cancel():
            return
        try:
            self.set_result(theirs.result())
        except Exception as error:
            self.set_exception(error)


def submit(executor: Executor, work: Callable[..., R], *given: Any) -> Future[R]:  # noqa: ANN401
    """Return the answer to come of a Dask cluster; each time a task of its own, whatever was asked before.

    Raises one of `closed` where the scheduler was given up.
    """
    if is_closed(executor):
        raise ConnectionError("the scheduler cannot be reached")
    client, options = vars(executor)["_client"], vars(executor)["_kwargs"]
    return Answer(client.submit(work, *given, **{**options, "pure": False}))


def workers(executor: Executor) -> int | None:
    """Return how many chunks a Dask cluster takes at once just now; None where it does not say in time."""
    client: Any = vars(executor)["_client"]  # what Dask keeps for itself: there is no public way to ask
    if client.status != "running":
        return 0
    try:
        return int(sum(client.nthreads(callback_timeout=ANSWER).values()))
    except Exception:  # while it closes, the client raises whatever it comes upon; what is handed in next says why
        return None


def is_closed(executor: Executor) -> bool:
    """Return whether Dask gave up its scheduler: what was handed in then never ends, neither well nor badly."""
    return is_one(executor) and vars(executor)["_client"].status in ("closing", "closed")


def losses(error: BaseException) -> int:
    """Return how many times a worker was lost where a chunk ends like this; 0: none was, the chunk itself failed.

    Dask tries a task on other workers before it gives up, so what it gave up counts twice.
    """
    if isinstance(error, _dask("scheduler", "KilledWorker")):
        return 2
    lost = (BrokenExecutor, CancelledError, ConnectionError)
    return int(isinstance(error, (*lost, *_dask("comm.core", "CommClosedError"))))


def said(error: object) -> str:
    """Return what an error says, behind its kind, in one line."""
    return ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split()))))


def closed() -> tuple[type[BaseException], ...]:
    """Return what an executor raises that takes no more work."""
    return (RuntimeError, ConnectionError, *_dask("client", "ClosedClientError"))


def _dask(module: str, name: str) -> tuple[type[BaseException], ...]:
    """Return an error of Dask's; nothing where Dask was not imported, since then nobody can have raised it."""
    found = getattr(sys.modules.get(f"distributed.{module}"), name, None)
    return () if found is None else (found,)
