"""What columns are called: trimmed, each with a name of its own; what a reader's eye cannot see is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from hpi.errors import TableError
from hpi.roles.values import counted, shown

MAX_NAME = 200
_NAMELESS = re.compile(r"Unnamed: \d+")
# pandas writes its index without a name
_INDEX = "Unnamed: 0"
# Signs that print as nothing although Unicode counts them among letters, marks and symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
# Letters of other scripts that look like Latin ones; the large ones apart, as they look like others (Η, η).
_TWINS = str.maketrans(
    "аеорсхуіјѕһԁԛԝӏгпАВЕКМНОРСТХУІЈЅ" "αονρικτυχγηΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" "ıɑɡ‐‑‒–—−",
    "aeopcxyijshdqwlrnABEKMHOPCTXYIJS" "aovpiktuxynABEZHIKMNOPTYX" "iag------",
)  # fmt: skip


def cleaned(cells: Sequence[object]) -> list[str]:
    """Return the names of columns from what stands in a header: without blanks around, with one between words.

    A column without a name is called Unnamed and its position, as pandas does it.

    Raises
    ------
    TableError
        If a name comes twice or is too long.
    """
    names = [_plain(cell) or f"Unnamed: {position}" for position, cell in enumerate(cells)]
    first: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if len(name) > MAX_NAME:
            length = f"{len(name):,} characters"
            raise TableError(f"Column {position} has a name of {length}; at most {MAX_NAME} are allowed. Shorten it.")
        if name in first:
            where = f"in columns {first[name]:,} and {position:,}"
            raise TableError(f"The column name '{listed([name])}' appears twice ({where}); rename one of them.")
        first[name] = position
    return names


def _plain(cell: object) -> str:
    text = " ".join(cell.split()) if isinstance(cell, str) else ""
    # a lone surrogate can be neither stored nor shown
    return text.encode("utf-8", "replace").decode("utf-8")


def is_blank(cell: object) -> bool:
    """Whether nothing stands in a cell of the header."""
    return not _plain(cell)


def notices(names: Sequence[str]) -> list[str]:
    """Return what must be said of names: none, equal but for capital letters, signs that cannot be seen, twins."""
    said = []
    nameless = [name for name in names if _NAMELESS.fullmatch(name)]
    if nameless and nameless != [_INDEX]:
        verb = "has no name and is" if len(nameless) == 1 else "have no name and are"
        said.append(f"{counted(len(nameless), 'column')} {verb} called {listed(nameless)}.")
    hidden = [name for name in names if any(map(_is_hidden, name))]
    if hidden:
        said.append(f"These column names hold signs that cannot be seen, here written out: {listed(hidden)}.")
    capitals = _groups(names, str.lower)
    if capitals:
        said.append(f"These column names differ in capital letters only: {_listed(capitals)}.")
    # those that were just named are no news
    different = list({name.lower(): name for name in names}.values())
    twins = _groups(different, _skeleton)
    if twins:
        said.append(f"These column names look alike, but are different: {_listed(twins)}.")
    return said


def escaped(name: str) -> str:
    r"""Return a name with what cannot be seen written out, such as \u202e."""
    return "".join(_written(sign) if _is_hidden(sign) else sign for sign in name)


def listed(names: Iterable[str]) -> str:
    """Return a few names for a sentence of one line, shortened, with what cannot be seen written out."""
    return shown(escaped(" ".join(name.split())) for name in names)


def _groups(names: Sequence[str], of: Callable[[str], str]) -> list[list[str]]:
    """Return the names of which several come to the same."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(of(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _listed(groups: Sequence[Sequence[str]]) -> str:
    """Return groups of names for a sentence, in letters that tell them apart."""
    return "; ".join(
        ", ".join(name.encode("ascii", "backslashreplace").decode("ascii") for name in group) for group in groups[:4]
    )


def _skeleton(name: str) -> str:
    """Return what a name looks like to the eye, about: names that look alike have one skeleton."""
    if name.isascii():
        return name.casefold()
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", name) if not _is_hidden(sign))
    return " ".join(seen.translate(_TWINS).casefold().split())


def _is_hidden(sign: str) -> bool:
    return sign in _BLANK or unicodedata.category(sign) in _HIDDEN


def _written(sign: str) -> str:
    return sign.encode("ascii", "backslashreplace").decode("ascii") if ord(sign) > 0x7F else f"\\x{ord(sign):02x}"
