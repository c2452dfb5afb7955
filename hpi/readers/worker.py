"""What runs in the child that reads an upload: `python -m hpi.readers.worker`."""

from __future__ import annotations

from pathlib import Path

from hpi import child
from hpi.readers.apart import FOUND
from hpi.readers.limits import ReadLimits
from hpi.readers.loading import load_all
from hpi.readers.protocol import Opened, Wanted
from hpi.roles import parse
from hpi.table import cells
from hpi.table.table import check_shape


def main() -> None:
    """Read the files that the request names, and write what was found beside them."""
    with child.attended() as (asked, _):
        folder = Path(asked["folder"])
        opened = [Opened(name, (folder / str(position)).read_bytes()) for position, name in enumerate(asked["names"])]
        loaded = load_all(opened, Wanted(**asked["wanted"]), ReadLimits(**asked["limits"]))
        check_shape(loaded.frame)
        words = {"name": loaded.name, "reading": loaded.reading.plain()}
        cells.write(folder / FOUND, parse(loaded.frame), words)


if __name__ == "__main__":
    main()
