"""Tables and settings kept under links: a folder with SQLite, or PostgreSQL with an object store."""

from hpi.store.settings import StoreSettings
from hpi.store.share import Checked, Copied, Made, Share, Swept
from hpi.store.store import Store

__all__ = ["Checked", "Copied", "Made", "Share", "Store", "StoreSettings", "Swept"]
