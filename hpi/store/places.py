"""Where files of this user belong, and whether a folder lies on another machine."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

NETWORK = {"nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "webdav", "davfs", "afs", "ceph", "lustre"}
NETWORK |= {"gpfs", "beegfs", "glusterfs", "sshfs", "s3fs", "gcsfuse", "rclone", "ncpfs", "coda", "gfs2", "ocfs2"}
REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def data_folder(environment: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return the folder for what hpi keeps for this user, by the custom of the platform."""
    home = Path.home()
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "hpi"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "hpi"
    named = environment.get("XDG_DATA_HOME", "")
    # a relative path in XDG_DATA_HOME is to be ignored, says its specification
    return (Path(named) if os.path.isabs(named) else home / ".local" / "share") / "hpi"


def on_network(path: Path) -> bool:
    """Whether a path, which need not exist yet, lies on a file system of another machine; False where unknown."""
    place = path.resolve()
    if sys.platform == "win32":
        drive = f"{place.drive}\\"
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == REMOTE_DRIVE
    return kind_of(place, _mounts()).removeprefix("fuse.").lower() in NETWORK


def kind_of(place: Path, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the kind of file system that a path lies on, from (where, kind) of what is mounted; "" if unknown."""
    over = [(len(where), number, kind) for number, (where, kind) in enumerate(mounts) if place.is_relative_to(where)]
    return max(over)[2] if over else ""  # of two mounted on one folder the later one is seen


def parse_proc(text: str) -> list[tuple[str, str]]:
    """Return (where, kind) from the text of /proc/mounts."""
    fields = [line.split(" ") for line in text.splitlines()]
    return [(_unescaped(where), kind) for _, where, kind, *_ in (parts for parts in fields if len(parts) > 3)]


def parse_mount(text: str) -> list[tuple[str, str]]:
    """Return (where, kind) from what `mount` prints on macOS."""
    return re.findall(r" on (.+) \((\w+)[,)]", text)


def _unescaped(where: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), where)


def _mounts() -> list[tuple[str, str]]:
    try:
        if sys.platform == "linux":
            return parse_proc(Path("/proc/mounts").read_text("utf-8", "surrogateescape"))
        return parse_mount(subprocess.run(["mount"], capture_output=True, text=True, timeout=10, check=False).stdout)
    except (OSError, subprocess.TimeoutExpired):
        return []
