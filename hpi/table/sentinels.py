"""Metric values that are no measurement: the largest number of a type, written where a trial crashed."""

from __future__ import annotations

import numpy as np

from hpi.roles.values import NULL_WORDS, Values, counted, label_of, shown
from hpi.space import Floats, Mask
from hpi.table.rows import Ledger

# The ends of 32 and 64 bit integers, signed and not, and of single and double precision.
_ENDS = (
    2.0**31 - 1,
    2.0**31,
    2.0**32 - 1,
    2.0**63,
    2.0**64,
    float(np.finfo(np.float32).max),
    float(np.finfo(float).max),
)
# As people write the last two.
_WRITTEN = (3.4028235e38, 3.402823e38, 1.7976931348623157e308, 1.797693134862315e308)
# No end of a type is nearer to 0.
SMALLEST_END = min(_ENDS)
# The end of a type stands for a failure only where it is this many times as large as any other value or, if it comes
# again, as most others: a trial or a quarter of them that diverged do not make it a result.
_FAR = 10
_MOST = 0.75
# A number that people write for a failure (999999) comes more than once, this many quartile ranges from the rest.
_RANGES = 100
_AGAIN = 2


def measured(values: Values, keep: Mask, ledger: Ledger) -> Mask:
    """Whether each row still counts, shape (n_rows,): one whose metric is no finite number, or stands for none, not."""
    name, finite = values.name, np.isfinite(values.numbers)
    words = np.zeros(len(values), dtype=bool) if values.text is None else values.worded & ~_is_null(values)
    ledger.leave_out(f"{name} is text, as of a failed trial", int((keep & words).sum()))
    ledger.leave_out(f"no finite value of {name}", int((keep & ~finite & ~words).sum()))
    _say(values, keep, words, ledger)
    keep = keep & finite
    failures, doubtful = stand_ins(values.numbers[keep])
    crashed = keep & np.isin(values.numbers, failures)
    if 2 * crashed.sum() > keep.sum():
        ledger.notices.append(
            f"Attention: {_shown(values.numbers[crashed])} often stands for a crash; {int(crashed.sum()):,} of "
            f"{counted(int(keep.sum()), 'row')} have it as {name}, so that all of them were kept."
        )
        return keep
    for value in np.unique(values.numbers[crashed]):
        n = int((crashed & (values.numbers == value)).sum())
        ledger.leave_out(f"{name} is {_shown(value)}, which stands for a failure", n)
    keep = keep & ~crashed
    _doubt(name, values.numbers[keep], doubtful, ledger)
    _note(name, values.numbers[keep], doubtful, ledger)
    return keep


def _say(values: Values, keep: Mask, words: Mask, ledger: Ledger) -> None:
    """Say which cells of the metric are words or infinite."""
    texts = [word for word in values.words if not _means_null(word)]
    if texts:
        ledger.notices.append(
            f"{values.name} holds text in {counted(int(words.sum()), 'row')} ({shown(texts)}), "
            "which is no number: left out."
        )
    nulls = [word for word in values.words if _means_null(word)]
    if nulls:
        n = int(values.worded.sum() - words.sum())
        ledger.notices.append(f"{counted(n, 'row')} {_have(n)} no finite {values.name} ({shown(nulls)}): left out.")
    n = int((keep & np.isinf(values.numbers)).sum())
    if n:
        ledger.notices.append(f"{counted(n, 'row')} {_have(n)} an infinite {values.name}: left out.")


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def _means_null(word: str) -> bool:
    return word.lower().lstrip("+") in NULL_WORDS


def _is_null(values: Values) -> Mask:
    """Whether each cell is a word for no number or for an infinite one, shape (n_rows,)."""
    words = {word for word in values.words if _means_null(word)}
    return np.array([cell in words for cell in values.text] if values.text is not None else [], dtype=bool)


def is_end(numbers: Floats) -> Mask:
    """Whether each number is the end of a type, as it is held or as people write it, shape (n,)."""
    return np.isin(np.abs(numbers), (*_ENDS, *_WRITTEN))


def stand_ins(numbers: Floats) -> tuple[Floats, Floats]:
    """Return the ends of types among the finite numbers, shape (n,): those that stand for a failure, those that may.

    One stands for a failure that is far from all others or, where it comes again, from most. It may where it is
    far from most, or comes again.
    """
    ends = is_end(numbers)
    others = np.abs(numbers[~ends])
    if not ends.any() or not len(others):
        return np.array([]), np.array([])
    found, times = np.unique(numbers[ends], return_counts=True)
    size, again = np.abs(found) / _FAR, times >= _AGAIN
    far = size > np.quantile(others, _MOST, method="higher")
    failures = (size > others.max()) | (far & again)
    return found[failures], found[~failures & (far | again)]


def _doubt(name: str, numbers: Floats, doubtful: Floats, ledger: Ledger) -> None:
    """Say which numbers may stand for a failure, as ends of types do, and were kept."""
    for value in doubtful:
        n = int((numbers == value).sum())
        ledger.notices.append(
            f"{counted(n, 'trial')} {_have(n)} {name} {_shown(value)}, which often stands for a crash; as others come "
            "near it, it was kept: if it stands for a failure, take those rows out of the file or empty their cells."
        )


def _note(name: str, numbers: Floats, said: Floats, ledger: Ledger) -> None:
    """Say that the largest or smallest number comes again and is far from the rest, unless that is said."""
    for end, word in ((numbers.max(initial=-np.inf), "largest"), (numbers.min(initial=np.inf), "smallest")):
        n = int((numbers == end).sum())
        rest = numbers[numbers != end]
        if n < _AGAIN or 2 * n > len(numbers) or end in said:
            continue
        with np.errstate(over="ignore", invalid="ignore"):
            spread = float(np.subtract(*np.quantile(rest, (0.75, 0.25))))
            distance = min(abs(end - rest.max()), abs(end - rest.min()))
        if spread > 0 and distance > _RANGES * spread:
            ledger.notices.append(
                f"{counted(n, 'trial')} have {name} {_shown(end)}, the {word}, far from all others: if that stands for "
                "a failure, take those rows out of the file or empty their cells."
            )


def _shown(number: float | Floats) -> str:
    """Return a number, or the different ones, for a sentence."""
    return shown(f"{one:.8g}" if abs(one) >= 2.0**53 else label_of(one) for one in np.unique(number).tolist())
