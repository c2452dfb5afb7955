"""Links: a table, what is asked of it and what was found, as an address and as a record of the store."""

from hpi.sharing.address import candidates, read
from hpi.sharing.view import Query, View, write

__all__ = ["Query", "View", "candidates", "read", "write"]
