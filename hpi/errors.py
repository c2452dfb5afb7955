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


class JobError(HpiError):
    """Slow work that did not come to its end: a limit, a full queue, a crash."""
