"""The guards of a server in their order: what sees a request first stands first."""

from __future__ import annotations

from collections.abc import Callable

from starlette.middleware import Middleware

from hpi.jobs import Log
from hpi.serving.access import AccessLog
from hpi.serving.guards import Hosts, Inside, Queries
from hpi.serving.headers import SecurityHeaders, policy
from hpi.serving.returning import Returning
from hpi.serving.settings import ServerSettings
from hpi.serving.sockets import Sockets
from hpi.serving.start import secret
from hpi.serving.uploads import Uploads
from hpi.serving.visitors import Visitors


def stack(
    settings: ServerSettings, shell: str, is_kept: Callable[[str, str], bool], log: Log, base: str = ""
) -> list[Middleware]:
    """Return the guards for the page `shell` (HTML) of an app below the path `base`: "" or "/hpi".

    `is_kept` says of a session and a file that it sent whether the app keeps it.
    """
    frames = settings.frame_ancestors
    guards = [
        Middleware(SecurityHeaders, policy(shell, frames), frames, settings.sign_in != "off"),
        Middleware(Hosts, settings.hosts, base),
        Middleware(Queries, settings.max_query),
        Middleware(Inside, base),
        Middleware(Visitors, secret, base, settings.replica),
        Middleware(Sockets, settings.websockets, settings.websockets_of_one, base),
        Middleware(Uploads, settings.uploads, settings.upload_mb, base, is_kept),
        Middleware(Returning),
    ]
    if settings.access_log == "off":
        return guards
    return [Middleware(AccessLog, log.write, base, settings.access_log == "all"), *guards]
