"""Serves hpi to a team: replicas of the app on loopback, nginx before them, all of it ended by one signal.

A replica that dies is started again. SIGHUP starts the replicas anew, one after the other, as an upgrade needs it.
The folder holds nginx.conf and replicas.json: number, process id and port of each.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import sys
import tempfile
import tomllib
from pathlib import Path

import ensure_services
from team import HERE, ROOT, Replica, Team

TEMPLATE = ROOT / "tools" / "nginx.conf.in"
LOOPBACK = (HERE, "localhost", "::1")
AROUND_A_FILE_MB = 2
# bytes of cookies with which a page may connect; 8,192 if nobody says more, which a sign-in can exceed
COOKIES_OF_A_PAGE = "WEBSOCKETS_MAX_LINE_LENGTH"
KEPT = "    proxy_cache_path {}/files keys_zone=files:1m max_size=100m inactive=1d use_temp_path=off;"
BASE_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")


def configuration(wanted: argparse.Namespace, replicas: list[Replica], folder: Path) -> str:
    """The text of nginx.conf."""
    servers = {one.number: f"server {HERE}:{one.port} max_fails=0" for one in replicas}
    upstreams = [
        f"    upstream replica_{number} {{\n        {server};\n"
        + "".join(f"        {other} backup;\n" for one, other in servers.items() if one != number)
        + "    }"
        for number, server in servers.items()
    ]
    base = f"/{wanted.base_path}" if wanted.base_path else ""
    outside = f"location = {base} {{ return 308 {base}/$is_args$args; }}\n        location / {{ return 404; }}"
    certificate = f"        ssl_certificate {wanted.certificate};\n        ssl_certificate_key {wanted.key};"
    address = f"[{wanted.address}]" if ":" in wanted.address else wanted.address
    filled = {
        "USER": _user(),
        "KEPT": KEPT.format(folder) if _reach(folder) else "",
        "CACHE": "files" if _reach(folder) else "off",
        "FOLDER": str(folder),
        "UPLOAD_MB": str(_upload_mb() + AROUND_A_FILE_MB),
        "HEADER_KB": "48",  # HPI_MAX_QUERY may be up to 32
        "MAP": "\n".join(f"        {number} replica_{number};" for number in servers),
        "ANY": "\n".join(f"        {server};" for server in servers.values()),
        "UPSTREAMS": "\n".join(upstreams),
        "LISTEN": f"{address}:{wanted.port}{' ssl' if wanted.certificate else ''}",
        "TLS": certificate if wanted.certificate else "",
        "BASE": base,
        "OUTSIDE": f"        {outside}" if base else "",
    }
    return re.sub(r"@([A-Z_]+)@", lambda found: filled[found[1]], TEMPLATE.read_text("utf-8"))


def _reach(folder: Path) -> bool:
    """Whether the workers of nginx can come to what lies in a folder: they are nobody where root starts them."""
    places = [place for place in (folder, *folder.parents) if place.is_dir()]
    return not _user() or all(place.stat().st_mode & 0o001 for place in places)


def _user() -> str:
    """Who the workers of nginx are: never root."""
    if os.name != "posix" or os.geteuid() != 0:
        return ""
    import grp
    import pwd

    nobody = pwd.getpwnam("nobody")
    return f"user nobody {grp.getgrgid(nobody.pw_gid).gr_name};"


def _upload_mb() -> int:
    """The largest file that the app takes."""
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    return int(os.environ.get("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", written["server"]["maxUploadSize"]))


def _free_ports(number: int) -> list[int]:
    """As many ports of this machine that nobody listens at."""
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind((HERE, 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _is_taken(address: str, port: int) -> bool:
    """Whether somebody listens there already; nginx itself says so late."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False


def _replicas(wanted: argparse.Namespace) -> list[Replica]:
    """The replicas, each with its environment."""
    shared = {"HPI_ACCESS_LOG": "on", "PYTHONUNBUFFERED": "1", COOKIES_OF_A_PAGE: "49152"} | dict(os.environ)
    if wanted.address not in LOOPBACK:
        shared.setdefault("HPI_ALLOWED_HOSTS", "*")
    options = [f"--server.baseUrlPath={wanted.base_path}"]
    replicas = []
    for number, port in enumerate(_free_ports(wanted.replicas), start=1):
        own = {"HPI_REPLICA": str(number)}
        if shared.get("HPI_LOG"):  # two processes cannot begin one file anew
            log = Path(shared["HPI_LOG"])
            own["HPI_LOG"] = str(log.with_name(f"{log.stem}-{number}{log.suffix}"))
        replicas.append(Replica(number, port, shared | own, options))
    return replicas


def _wanted() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicas", type=int, default=2, choices=range(1, 33), metavar="1..32")
    parser.add_argument("--base-path", default="", help="the path of the app, such as hpi; the root without one")
    parser.add_argument("--address", default=HERE, help="where nginx listens: 0.0.0.0 for everybody")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--certificate", type=Path, help="TLS: a file with the certificate and its chain")
    parser.add_argument("--key", type=Path, help="TLS: a file with its key")
    parser.add_argument("--folder", type=Path, help="for nginx.conf and replicas.json; a temporary one without")
    parser.add_argument("--print-nginx", action="store_true", help="print the configuration of nginx, start nothing")
    wanted = parser.parse_args()
    wanted.base_path = wanted.base_path.strip("/")
    if wanted.base_path and not BASE_PATH.fullmatch(wanted.base_path):
        parser.error(f"--base-path is {wanted.base_path!r}; letters, digits, - and _ between slashes are allowed")
    if (wanted.certificate is None) != (wanted.key is None):
        parser.error("--certificate and --key belong together")
    return wanted


def _refused(why: str) -> int:
    print(f"hpi: {why}", file=sys.stderr)
    return 1


def serve(wanted: argparse.Namespace, folder: Path, nginx: str) -> int:
    """Exit code: 0 where a signal ended it."""
    replicas = _replicas(wanted)
    (folder / "nginx.conf").write_text(configuration(wanted, replicas, folder), "utf-8")
    team = Team(replicas, folder, nginx)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, team.hear)
    try:
        refused = team.start()
        if team.is_to_end:
            return 0
        if refused is not None:
            return _refused(refused)
        scheme, base = "https" if wanted.certificate else "http", f"{wanted.base_path}/" if wanted.base_path else ""
        print(f"\n  hpi is at {scheme}://{wanted.address}:{wanted.port}/{base}\n", flush=True)
        return team.look_after()
    finally:
        team.end()


def main() -> int:
    """Exit code."""
    wanted = _wanted()
    if wanted.print_nginx:
        print(configuration(wanted, _replicas(wanted), wanted.folder or Path("/var/lib/hpi")))
        return 0
    nginx = ensure_services.nginx()
    if nginx is None:
        return _refused("no nginx found: `sudo apt-get install nginx-light` (nothing of the system needs to run)")
    if _is_taken(wanted.address, wanted.port):
        return _refused(f"nobody may listen at {wanted.address}, port {wanted.port}, or somebody does already")
    if wanted.folder is not None:
        wanted.folder.mkdir(parents=True, exist_ok=True)
        return serve(wanted, wanted.folder.resolve(), nginx)
    with tempfile.TemporaryDirectory(prefix="hpi-serve-") as folder:
        Path(folder).chmod(0o711)  # nginx's workers must reach what is theirs below it
        return serve(wanted, Path(folder), nginx)


if __name__ == "__main__":
    sys.exit(main())
