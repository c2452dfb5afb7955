"""Whether what came of a file is what is wanted, and if not, why."""

from __future__ import annotations

import re
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import hpi
from hpi.errors import HpiError
from hpi.table import TrialTable
from tests.corpus.case import Case, Wanted

LONGEST = 450
# what no visitor should see: places and insides of the program
INSIDES = re.compile(
    r"/tmp/|/home/|/work/|/usr/|/var/|/proc/|site-packages|Traceback|File \"|line \d+, in |object at 0x|"
    r"\b[A-Z][A-Za-z]+(?:Error|Exception)\b|NoneType|errno|\.py\b"
)
MENDING = re.compile(
    r"(?i)\b(save|give|choose|rename|leave|close|add|put|make|export|download|open|write|use|raise|drop|remove|delete|"
    r"shorten|split|compress|convert|copy|unpack|send|upload|check|keep|mend|replace|needs?|needed|set)\b"
)


@dataclass(frozen=True)
class Verdict:
    """What came of a case; as wanted where there is no fault."""

    case: Case
    outcome: str
    faults: tuple[str, ...]
    seconds: float


def judged(case: Case, read: Callable[[], TrialTable]) -> Verdict:
    """Return what comes of reading, and of asking for the importance of what was read."""
    before, start, table = _processor(), time.monotonic(), None
    try:
        table = read()
        if case.analysed:
            hpi.importance(table)
        outcome, faults = _accepted(case, table)
    except HpiError as error:
        outcome, faults = _refused(case, str(error), late=table is not None)
    except AssertionError as error:
        outcome, faults = "read", (str(error),)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} at {last.filename.rsplit('/', 1)[-1]}:{last.lineno}: {error!s:.150}"
        outcome, faults = "broke", (what,)
    used = _processor() - before
    if used > case.seconds:
        faults = (*faults, f"took {used:.1f} s of a processor; at most {case.seconds:g} are wanted")
    return Verdict(case, outcome, faults, time.monotonic() - start)


def _accepted(case: Case, table: TrialTable) -> tuple[str, tuple[str, ...]]:
    if case.wanted is Wanted.REFUSE:
        return "read", ("it was read",)
    case.holds(table)
    faults = [fault for said in table.notices for fault in _unfit(said)]
    outcome = "read"
    if case.wanted is Wanted.NOTICE:
        fitting = [said for said in table.notices if _says(said, case.says)]
        outcome = f"read: {fitting[0]}" if fitting else outcome
        faults += [] if fitting else [f"no notice says {' and '.join(case.says)}: {list(table.notices)}"]
    return outcome, tuple(faults)


def _refused(case: Case, message: str, late: bool) -> tuple[str, tuple[str, ...]]:
    faults = _unfit(message)
    if case.wanted not in (Wanted.REFUSE, Wanted.EITHER):
        faults.append("it was refused")
    elif not _says(message, case.says):
        faults.append(f"the refusal does not say {' and '.join(case.says)}")
    if late and not case.late:
        faults.append("it was refused only when importance was asked for")
    if not MENDING.search(message):
        faults.append("the refusal does not say what to do")
    return f"refused: {message}", tuple(faults)


def _says(text: str, patterns: tuple[str, ...]) -> bool:
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _unfit(text: str) -> list[str]:
    """Return what is wrong with a message whatever it says."""
    faults = []
    if len(text) > LONGEST:
        faults.append(f"a message of {len(text)} characters: {text[:80]!r}...")
    if "\n" in text or "\r" in text:
        faults.append(f"a message of several lines: {text[:200]!r}")
    if found := INSIDES.search(text):
        faults.append(f"a message shows {found.group()!r}: {text[:200]!r}")
    return faults


def _processor() -> float:
    """Return the seconds of a processor that this process and its children took."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
