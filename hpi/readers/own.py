"""What hpi itself wrote beside a table (`python -m hpi convert -o table.parquet`): what its source said of itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from hpi.errors import HpiError
from hpi.roles.reading import Reading
from hpi.table.stored import KEY

LONGEST = 1_000_000  # bytes


def reading_of(metadata: Mapping[bytes, bytes] | None, names: Collection[str]) -> Reading | None:
    """Return what the source of a table said of the columns `names`; None where hpi wrote nothing that it can read."""
    written = (metadata or {}).get(KEY, b"")
    if not 0 < len(written) <= LONGEST:
        return None
    try:
        reading = Reading.parse(json.loads(written)["reading"])
    except (HpiError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return None
    return replace(
        reading,
        objectives=tuple(one for one in reading.objectives if one.name in names),
        space=tuple(pair for pair in reading.space if pair[0] in names),
        roles=tuple(pair for pair in reading.roles if pair[0] in names),
        contexts=tuple(pair for pair in reading.contexts if pair[0] in names),
        part_is="",  # the others of that file are not in this one
        part=None,
        parts=(),
        files=(),
    )
