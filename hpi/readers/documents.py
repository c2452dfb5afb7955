"""The table in a JSON document: as pandas and HiPlot write it, or a list of objects somewhere in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hpi.errors import TableError
from hpi.readers import charts
from hpi.readers.naming import listed
from hpi.readers.protocol import Wanted
from hpi.roles.values import counted

NEED = 'a list of objects is needed, one a trial: [{"lr": 0.1, "loss": 0.5}, ...], or one object a line'

WHOLE = "the whole"
_DEEPEST = 4
_LOOKED_AT = 20
Record = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Part:
    """A table in a document: where it is ("study.trials"; "" for the whole), its rows, what else must be said."""

    path: str
    n: int
    records: Callable[[], Iterator[Record]]
    said: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is asked for by."""
        return self.path or WHOLE


def table_of(document: Record, wanted: Wanted) -> tuple[Part, tuple[str, ...], list[str]]:
    """Return the table that is wanted or the largest, the names of all, and notices.

    Raises
    ------
    TableError
        If there is none, or none of the name that is wanted.
    """
    charts.check_document(document.keys())
    parts = list(_parts(document, "", 1))
    if not parts:
        raise TableError(f"The JSON holds {described(document)}; {NEED}.")
    taken = max(parts, key=lambda part: part.n)
    if wanted.table is not None:
        asked = next((part for part in parts if part.name == wanted.table), None)
        if asked is None:
            names = listed(part.name for part in parts)
            raise TableError(f"There is no table '{listed([wanted.table])}'; the file has {names}.")
        taken = asked
    others = [part for part in parts if part is not taken and not _are_nested(part.path, taken.path)]
    notices = list(taken.said)
    if others and wanted.table is None:
        notices = [
            f"The file holds {len(others) + 1} tables; {listed([taken.name])} was taken, as it has the most rows "
            f"({taken.n:,}); the others: {listed(f'{part.name} ({part.n:,})' for part in others)}."
        ]
    return taken, tuple(part.name for part in parts if part is taken or part in others), notices


def with_header(rows: Iterable[object], header: Sequence[object]) -> Iterator[Record]:
    """Yield lists of cells as records, by the names in the header.

    Raises
    ------
    TableError
        If a name comes twice, or a row is no list or has another length.
    """
    names = ["_".join(map(str, name)) if isinstance(name, list) else str(name) for name in header]
    twice = next((name for name, n in Counter(names).items() if n > 1), None)
    if twice is not None:
        raise TableError(f"The column name '{listed([twice])}' appears twice; rename one of them.")
    for n, row in enumerate(rows, start=1):
        if not isinstance(row, list) or len(row) != len(names):
            found = counted(len(row), "cell") if isinstance(row, list) else described(row)
            raise TableError(f"Row {n:,} has {found}, but there are {len(names):,} columns; give one for each.")
        yield dict(zip(names, row, strict=True))


def _parts(node: Record, path: str, depth: int) -> Iterator[Part]:
    """Yield the tables in an object and in those that it holds."""
    known = _hiplot(node, path) or _pandas(node, path)
    if known is not None:
        yield known
        return
    yield from filter(None, (_of_columns(node, path), _by_label(node, path)))
    for key, value in node.items():
        below = f"{path}.{key}" if path else key
        if records := _objects(value):
            rest = [other for other in node if other != key] if not path else []
            said = (f"The records under {listed([below])} were read; not read: {listed(rest)}.",) if rest else ()
            yield Part(below, len(records), partial(iter, records), said)
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _parts(value, below, depth + 1)


def _hiplot(node: Record, path: str) -> Part | None:
    """Return HiPlot's experiment: the values of its points, and what links them."""
    points = _objects(node.get("datapoints"))
    values = [one for point in points if isinstance(one := point.get("values"), dict)]
    if not points or len(values) < len(points):
        return None
    links = [{key: point.get(key) for key in ("uid", "from_uid")} for point in points]
    return Part(path, len(points), lambda: (link | one for link, one in zip(links, values, strict=True)))


def _pandas(node: Record, path: str) -> Part | None:
    """Return the frame that pandas wrote with orient="split" or "table"."""
    rows, header = node.get("data", node.get("rows")), node.get("columns")
    if isinstance(header, list) and isinstance(rows, list) and header and rows and isinstance(rows[0], list):
        return Part(path, len(rows), lambda: with_header(rows, header))
    records = _objects(rows)
    return Part(path, len(records), lambda: iter(records)) if "schema" in node and records else None


def _of_columns(node: Record, path: str) -> Part | None:
    """Return the table whose columns are lists of one length: {"lr": [0.1, 0.2], "loss": [1, 2]}."""
    columns = {key: value for key, value in node.items() if isinstance(value, list) and not _objects(value)}
    lengths = {len(value) for value in columns.values()}
    if len(columns) < 2 or len(lengths) > 1 or not lengths - {0}:
        return None
    rest = [key for key in node if key not in columns]
    said = (f"The lists of one length were read as columns; not read: {listed(rest)}.",) if rest else ()
    return Part(path, lengths.pop(), lambda: (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(),
                strict=True)), said)  # fmt: skip


def _by_label(node: Record, path: str) -> Part | None:
    """Return the table whose columns, or rows, are objects: {"lr": {"0": 0.1}} or {"run_1": {"lr": 0.1}}."""
    if not node or not all(isinstance(one, dict) and one for one in node.values()):
        return None
    first, *others = [one for one in node.values() if isinstance(one, dict)][:_LOOKED_AT]
    if all(key.isdecimal() for key in first):
        return _by_rows_of_columns(node, path)
    common = set(first).intersection(*others)
    if not others or all(isinstance(first[key], dict | list) for key in common):
        return None
    name = next((word for word in ("id", "key", "name") if word not in first), None)
    return Part(path, len(node), lambda: (({name: label} if name else {}) | one for label, one in node.items()
                                          if isinstance(one, dict)))  # fmt: skip


def _by_rows_of_columns(node: Record, path: str) -> Part:
    columns = {key: one for key, one in node.items() if isinstance(one, dict)}
    labels = dict.fromkeys(label for one in columns.values() for label in one)

    def records() -> Iterator[Record]:
        rows: dict[str, dict[str, object]] = {label: {} for label in labels}
        for key, one in columns.items():
            for label, cell in one.items():
                rows[label][key] = cell
        return iter(rows.values())

    return Part(path, len(labels), records)


def _objects(value: object) -> list[dict[str, object]]:
    """Return a list of objects as that, [] for anything else."""
    is_one = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return value if is_one and isinstance(value, list) else []


def _are_nested(one: str, other: str) -> bool:
    """Whether one path leads through the other."""
    return any(not a or b.startswith(f"{a}.") for a, b in ((one, other), (other, one)))


def described(value: object) -> str:
    """Return what a value is, in words."""
    if isinstance(value, dict):
        lists = [f"{key} with {counted(len(one), 'value')}" for key, one in value.items() if isinstance(one, list)]
        if len(lists) > 1 and len(lists) == len(value):
            return f"lists of different lengths ({listed(lists)})"
        return f"one object with the keys {listed(map(str, value))}" if value else "an empty object"
    for kind, word in ((list, "a list"), (str, "a text"), (bool, "true or false"), (type(None), "null")):
        if isinstance(value, kind):
            return word
    return "a number"
