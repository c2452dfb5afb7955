"""Make known_function.csv: a random search of a function whose importances are known.

    python -m examples.make_known_function

The function is the additive toy of hpi/toys, 4 (a - 0.3)^2 + 2 |b - 0.6| + c d, with e and f that do nothing.
Among all trials, S for the best tenth is .108, .214, .029, .030, 0 and 0.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hpi.toys import ADDITIVE

N_TRIALS = 1000
SEED = 20
OUT = Path(__file__).with_name("known_function.csv")


def main() -> None:
    """Draw the trials and write them."""
    ADDITIVE.draw(N_TRIALS, np.random.default_rng(SEED)).to_csv(OUT, index=False, float_format="%.6g")


if __name__ == "__main__":
    main()
