"""A module for tests of children: `python -m tests.doing` does what it is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np

from hpi.child import Tell, attended
from hpi.errors import SpaceError


def another() -> int:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]).pid


def die(number: int) -> None:
    os.kill(os.getpid(), number)


def do(asked: dict[str, Any], tell: Tell) -> None:
    how = asked["how"]
    if how == "tell":
        print("printed by a library")
        for word in asked["words"]:
            tell(word=word)
    elif how == "refuse":
        raise SpaceError(asked["text"])
    elif how == "crash":
        raise ValueError(asked["text"])
    elif how == "die":
        die(asked["signal"])
    elif how == "fill":
        np.ones(asked["megabytes"] * 2**17)
    elif how == "leave another":
        tell(pid=another())
    elif how == "start another":
        tell(pid=another())
        time.sleep(1000)
    elif how == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        tell(pid=os.getpid())
        time.sleep(1000)
    elif how == "busy":
        tell(pid=os.getpid())
        sum(range(10**11))  # one call that never looks up
    else:
        tell(pid=os.getpid())
        time.sleep(1000)


if __name__ == "__main__":
    with attended() as (request, say):
        do(request, say)
