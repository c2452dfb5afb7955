"""How far two estimates from the same trials err alike: their correlation, hyperparameter by hyperparameter."""

from __future__ import annotations

from collections.abc import Mapping

from hpi.results import ImportanceResult
from hpi.subspace import Sample


def correlations(
    first: ImportanceResult, second: ImportanceResult, samples: tuple[Sample, Sample]
) -> Mapping[str, float]:
    """Return the correlation of both estimates of each hyperparameter; nothing where the method does not tell."""
    return {}
