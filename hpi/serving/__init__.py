"""What stands between the network and the pages: settings, limits, headers, who is who, health, the log of requests."""

from hpi.serving.health import CanWork, Health
from hpi.serving.routes import LIBRARY
from hpi.serving.settings import ServerSettings
from hpi.serving.stack import stack
from hpi.serving.start import checked, known, secret
from hpi.serving.tables import tables_from
from hpi.serving.visitor import COOKIE, visitor_of

__all__ = [
    "COOKIE",
    "LIBRARY",
    "CanWork",
    "Health",
    "ServerSettings",
    "checked",
    "known",
    "secret",
    "stack",
    "tables_from",
    "visitor_of",
]
