"""Writers that are killed: `python -m tests.store.writer` begins one process for each line of JSON that it is given.

It imports what they need once and forks, so that a writer costs milliseconds. Each writes down what was acknowledged.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from hpi.store import Store, StoreSettings


def content_of(seed: int) -> bytes:
    """Content of a blob, some bytes to half a megabyte, another for every seed."""
    draw = random.Random(seed)
    return draw.randbytes(draw.choice([10, 1_000, 50_000, 500_000]))


def write(order: dict[str, Any]) -> None:
    """Save shares, and write down each as soon as it is acknowledged."""
    store = Store(StoreSettings(Path(order["folder"]), **order["places"]))
    acknowledged = os.open(order["acknowledged"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for number in range(order["saves"]):
        seed = order["seed"] + number
        if order.get("step") and number == order["saves"] - 1:
            die_at(order["step"])
        made = store.save("share", {"seed": seed}, {"table": content_of(seed), "same": b"same"}, "a" * 64)
        line = {"token": made.token, "seed": seed} | ({"secret": made.secret} if order.get("deletes") else {})
        os.write(acknowledged, json.dumps(line).encode() + b"\n")
        if order.get("deletes"):
            store.delete(made.secret)
            os.write(acknowledged, json.dumps({"deleted": made.token}).encode() + b"\n")
    store.close()


def die_at(step: str) -> None:
    """Have this process killed at a step: "before a.b.c", "after a.b.c", "commit 2" or "half written"."""
    when, _, what = step.partition(" ")
    if when == "commit":
        commits = iter(range(1, 100))
        event.listen(Engine, "commit", lambda connection: next(commits) == int(what) and die())
    elif when == "half":
        tempfile_mkstemp = tempfile.mkstemp

        def half_written(**given: Any) -> tuple[int, str]:
            descriptor, name = tempfile_mkstemp(**given)
            os.write(descriptor, b"half")
            die()
            return descriptor, name

        tempfile.mkstemp = half_written
    else:
        wrap(what, lambda call: lambda *given, **named: first(call, when, given, named))


def first(call: Callable[..., Any], when: str, given: Any, named: Any) -> None:
    """Die before or after a call."""
    if when == "after":
        call(*given, **named)
    die()


def wrap(name: str, wrapped: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put something in the place of a function or method, named with its module: a.b:c.d."""
    module, path = name.split(":")
    owner = importlib.import_module(module)
    *owners, last = path.split(".")
    for part in owners:
        owner = getattr(owner, part)
    setattr(owner, last, wrapped(getattr(owner, last)))


def die() -> None:
    """End as kill -9 ends it."""
    os.kill(os.getpid(), signal.SIGKILL)


def begin(order: dict[str, Any]) -> int:
    """Fork a writer; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        write(order)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def attend(order: dict[str, Any]) -> list[int]:
    """Begin the writers of an order, kill each after its time, if it has one; return how each ended."""
    begun = {begin(writer): time.monotonic() + writer.get("seconds", 1e9) for writer in order["writers"]}
    ended: dict[int, int] = {}
    while len(ended) < len(begun):
        for child, end in begun.items():
            if child in ended:
                continue
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                ended[child] = os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    return [ended[child] for child in begun]


def main() -> None:
    """Do as each line says, and answer with a line of exit codes."""
    for name in sys.argv[1:]:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:  # loads what is loaded at the first use, once for all writers
        store = Store(StoreSettings(Path(folder)))
        store.save("share", {}, {"table": b"1"})
        store.close()
    for line in sys.stdin:
        print(json.dumps(attend(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
