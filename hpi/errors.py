"""Errors a person can act on: each message says what was found, what is allowed and what to do."""


class HpiError(Exception):
    """Bad input of any kind; the only exception that pages and the command line catch."""


class TableError(HpiError):
    """A file, a column or a cell that cannot be understood."""


class SpaceError(TableError):
    """A declared search space that contradicts itself or the table."""


class SubspaceError(HpiError):
    """A region, target or filter that asks for something that is not there."""


class EstimatorError(HpiError):
    """A question that an estimator refuses: too few trials, nothing to compare, an unknown setting."""


class BlockError(HpiError):
    """A part of a large table that cost its worker each time, or an executor that takes no more work."""


class JobError(HpiError):
    """Slow work that did not come to its end: a limit, a full queue, a crash."""


class SettingsError(HpiError):
    """A setting of the server that is unknown or out of range; the message begins with its name."""


class StoreError(HpiError):
    """The store of tables and links: a limit, a full disk, something that is damaged."""


class LinkError(StoreError):
    """A link that does not exist, has expired or was deleted; nobody can tell which."""
