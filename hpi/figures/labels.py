"""Names and numbers as a chart may show them: names are data, so nothing in them is interpreted."""

from __future__ import annotations

import math
import textwrap
import unicodedata
from collections.abc import Sequence

NARROW = 56  # characters that fit beside each other on a screen of 400 pixels
ELLIPSIS, MINUS = "…", "\u2212"
# Tags, entities, LaTeX and the %{...} of hover templates: Plotly reads each of them in any text.
_ENTITIES = {ord(c): f"&#{ord(c)};" for c in "$%{}"} | {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_RIGHT_TO_LEFT = ("R", "AL")
_TURNING = ("RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI")
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"


def plain(name: str) -> str:
    """Text that Plotly shows as it is written; what cannot be seen is put in quotation marks."""
    seen = visible(name)
    return _isolated(seen if seen.strip() else f"“{seen}”").translate(_ENTITIES)


def visible(text: str) -> str:
    r"""Return a text in which what shows nothing and changes the text around it is written out: \u202e."""
    return "".join(f"\\u{ord(c):04x}" if _is_control(c) else c for c in text)


def literal(name: str) -> str:
    """Text for the axes of a 3-D scene, where entities are not read but tags are: an invisible joint breaks a tag."""
    return name.replace("<", "<\u2060")


def short(name: str, n: int) -> str:
    """Return at most `n` columns of a name, cut in its middle; not escaped."""
    return shortened([name], n)[0]


def shortened(names: Sequence[str], n: int) -> list[str]:
    """Cut names in their middle to `n` columns, so that different names stay different; not escaped."""
    for head in sorted(range(1, n - 1), key=lambda size: abs(size - n // 2)):
        cut = [_cut(name, n, head) for name in names]
        if len(set(cut)) == len(set(names)):
            return cut
    # they differ only in a middle part that is cut away: number them
    number = {name: str(i + 1) for i, name in enumerate(dict.fromkeys(names))}
    return [name if width(name) <= n else _cut(name, n - len(number[name]) - 1) + f"·{number[name]}" for name in names]


def wrapped(text: str, columns: int = NARROW) -> str:
    """Escaped text in lines of at most `columns` characters, joined by <br>; a name in it may break anywhere."""
    lines = textwrap.wrap(text, columns, break_on_hyphens=False) or [text]
    return "<br>".join(plain(line) for line in lines)


def folded(name: str, columns: int) -> str:
    """Escaped name in one line or two, broken behind a separator nearest to its middle."""
    if width(name) <= columns:
        return plain(name)
    breaks = [i + 1 for i, c in enumerate(name[:-1]) if c in f"._-/: ,{ELLIPSIS}"]
    fitting = [i for i in breaks if max(width(name[:i]), width(name[i:])) <= columns]
    at = min(fitting or [(len(name) + 1) // 2], key=lambda i: abs(2 * i - len(name)))
    return f"{plain(name[:at])}<br>{plain(name[at:])}"


def width(text: str) -> int:
    """Columns that a text takes: two for each wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def percent(fraction: float) -> str:
    """Write a fraction as a percentage: 0.1 as 10 %, with a blank that does not break."""
    return f"{100 * fraction:.3g}\u00a0%"


def decimals(half_width: float) -> int:
    """Digits after the point that an interval of this half-width supports, from 1 to 3."""
    return 3 if half_width <= 0 else min(3, max(1, -math.floor(math.log10(half_width))))


def number(value: float) -> str:
    """Write a number in at most four digits, as short as it can be, with a minus sign, no hyphen."""
    if value < 0:
        return f"{MINUS}{number(-value)}"
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, exponent = f"{value:.3g}e0".split("e")[:2]
        return f"{float(mantissa):g}e{int(exponent)}" if int(exponent) else f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1e3 else f"{value:.4g}"


def _isolated(text: str) -> str:
    """Keep what runs from right to left from reordering the words around it."""
    turned = any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text)
    return f"{_ISOLATE}{text}{_END_ISOLATE}" if turned else text


def _is_control(c: str) -> bool:
    """Whether a character shows nothing and changes the text around it."""
    return unicodedata.category(c) == "Cc" or unicodedata.bidirectional(c) in _TURNING


def _cut(name: str, n: int, head: int | None = None) -> str:
    if width(name) <= n:
        return name
    head = n // 2 if head is None else head
    return _fitting(name, head) + ELLIPSIS + _fitting(name[::-1], n - 1 - head)[::-1]


def _fitting(text: str, columns: int) -> str:
    """Return the longest start of a text that takes no more than `columns`."""
    used = 0
    for i, character in enumerate(text):
        used += width(character)
        if used > columns:
            return text[:i]
    return text
