"""N-RReliefF: neighbours, their sums, shuffles, and the estimator."""

from __future__ import annotations

from hpi.estimators.relief.rrelieff import NRReliefF

__all__ = ["NRReliefF"]
