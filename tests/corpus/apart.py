"""What comes of a bad file in the child that reads uploads, in little memory."""

from __future__ import annotations

from dataclasses import replace

from hpi.readers.apart import read_apart
from hpi.readers.limits import ReadLimits
from tests.corpus.case import Case, Placed
from tests.corpus.cases import CASES, TEXTS
from tests.corpus.judge import Verdict, judged

MEMORY_MB = 400  # beyond what the libraries take
START = 4.0  # seconds of a processor that a child may take before it reads
# half of them each, so that they can be read side by side
IN_TEXT = [case for case in CASES if case in TEXTS and not isinstance(case, Placed)]
NO_TEXT = [case for case in CASES if case not in TEXTS and not isinstance(case, Placed)]


def apart(case: Case) -> Verdict:
    """Return what comes of the case; a child that did not come to its end by itself is a fault."""
    files, limits = case.files(), ReadLimits(memory_mb=MEMORY_MB)
    assert files is not None
    noted: list[str] = []
    verdict = judged(
        replace(case, seconds=case.seconds + START),
        lambda: read_apart(files, limits=limits, note=lambda what, **more: noted.append(f"{what}: {more}")),
    )
    return replace(verdict, faults=(*verdict.faults, *noted))
