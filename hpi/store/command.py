"""`python -m hpi store`: look through the store, sweep it, back it up, bring a backup back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hpi.errors import StoreError
from hpi.store.settings import VARIABLES, StoreSettings
from hpi.store.share import Checked, Copied
from hpi.store.store import Store
from hpi.store.wanted import megabytes

Answer = tuple[dict[str, Any], str]
UNSOUND = 1  # exit code


def add_command(commands: Any) -> None:  # noqa: ANN401 - what argparse returns has no public name
    """Add `store` with its own commands."""
    store = commands.add_parser(
        "store",
        help="look after the store of shared links",
        epilog=f"Which store: {', '.join(VARIABLES[:3])}; without them the one of this user.",
    )
    of_store = store.add_subparsers(required=True)
    for name, answer, words in (
        ("check", _check, "read everything that is stored and say whether it is sound (exit code 1 if not)"),
        ("gc", _sweep, "take away what has expired and what nothing needs any more"),
        ("backup", _backup, "copy the store into a new folder, which is a store again; may run beside the server"),
        ("restore", _restore, "copy a backup into a store that is empty"),
    ):
        command = of_store.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if name in ("backup", "restore"):
            command.add_argument("folder", metavar="FOLDER", type=Path, help="the folder of the backup")
        command.add_argument("--json", action="store_true", help="print one JSON object")
        command.set_defaults(answer=_on_store(answer), exit_code=0)


def _on_store(answer: Callable[[Store, argparse.Namespace], Answer]) -> Callable[[argparse.Namespace], Answer]:
    def asked(options: argparse.Namespace) -> Answer:
        store = Store(StoreSettings.from_environment())
        try:
            return answer(store, options)
        except StoreError as error:
            raise StoreError(f"{error}{_cause(error)}") from error
        finally:
            store.close()

    return asked


def _cause(error: StoreError) -> str:
    """Return what went wrong below; who sits at the command line may know."""
    cause = getattr(error.__cause__, "orig", None) or error.__cause__
    return f" ({type(cause).__name__}: {cause})" if cause else ""


def _check(store: Store, options: argparse.Namespace) -> Answer:
    found = store.check()
    options.exit_code = 0 if found.sound else UNSOUND
    return asdict(found) | {"sound": found.sound}, "\n".join(_said(found))


def _said(found: Checked) -> list[str]:
    if not found.exists and found.sound:
        return [f"There is no store yet; it would be: {found.place}."]
    bad = [(found.damaged, "damaged"), (found.missing, "missing"), (found.index, "wrong in the index")]
    return [
        f"Store: {found.place}.",
        f"{found.shares:,} shares, {found.drafts:,} drafts, {found.expired:,} expired; {found.blobs:,} blobs, "
        f"{megabytes(found.size)}.",
        *(f"{len(lines):,} {words}: {', '.join(lines)}." for lines, words in bad if lines),
        *([f"{found.unheld + found.leftovers:,} files that no share needs."] if found.unheld + found.leftovers else []),
        "Everything that is promised is there." if found.sound else "Restore a backup, or share these tables anew.",
    ]


def _sweep(store: Store, options: argparse.Namespace) -> Answer:
    swept = store.gc()
    return asdict(swept), (
        f"Taken away: {swept.shares:,} shares, {swept.drafts:,} drafts, {swept.blobs:,} blobs "
        f"({megabytes(swept.size)}), {swept.leftovers + swept.claims:,} leftovers."
    )


def _backup(store: Store, options: argparse.Namespace) -> Answer:
    copied = store.backup(options.folder)
    options.exit_code = UNSOUND if copied.damaged else 0
    return asdict(copied), f"Copied to {options.folder}: {_amount(copied)}."


def _restore(store: Store, options: argparse.Namespace) -> Answer:
    copied = store.restore(options.folder)
    options.exit_code = UNSOUND if copied.damaged else 0
    return asdict(copied), f"Copied from {options.folder}: {_amount(copied)}."


def _amount(copied: Copied) -> str:
    lacking = f"; {len(copied.damaged):,} damaged ones were not: {', '.join(copied.damaged)}" if copied.damaged else ""
    return f"{copied.shares:,} shares and drafts with {copied.blobs:,} blobs ({megabytes(copied.size)}){lacking}"
