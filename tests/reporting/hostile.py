"""Names that want to be more than names, as columns, levels, a file and a note."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hpi

NAMES = (
    "<script>window.PWN=1</script>",
    '"><img src=x onerror=window.PWN=1>',
    '<a href="https://evil.example/">go</a>',
    "javascript:window.PWN=1",
    "![i](https://evil.example/x.png)",
    "[md](https://evil.example/)",
    "]]>'\"--></script><!--<svg/onload=window.PWN=1>",
    "{{ 7*7 }}{% raw %}`${window.PWN=1}`",
    "\u202egnp.exe\u202c mark",
    "$\\href{javascript:window.PWN=1}{x}$ %{customdata[0]}",
    "long_" * 40,
)
METRIC = "</title><b>loss</b>&amp;"
LEVELS = ("<img src=x onerror=window.PWN=1>", "</pre><script>window.PWN=1</script>", "=1+1")
FILE = "</script><script>window.PWN=1</script>.csv"
NOTE = "<script>window.PWN=1</script>\nhttps://evil.example/ [md](https://evil.example/) \u202ereversed"


def table(n: int = 400) -> hpi.TrialTable:
    """A table in which the hostile names decide, alone and together, so that they stand in every part of a report."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({name: rng.random(n).round(4) for name in NAMES})
    frame["<i>kind</i>"] = rng.choice(LEVELS, n)
    signal = sum((11 - i) * frame[name] for i, name in enumerate(NAMES)) + 20 * frame[NAMES[0]] * frame[NAMES[1]]
    frame[METRIC] = signal + 9 * (frame["<i>kind</i>"] == LEVELS[0]) + rng.normal(0, 1, n)
    return hpi.read(frame, metric=METRIC, direction="minimize", name=FILE)


def question() -> hpi.Subspace:
    """The best fifth, of two hostile levels alone."""
    return hpi.Subspace(target=0.2, where=(hpi.OneOf("<i>kind</i>", LEVELS[:2]),))
