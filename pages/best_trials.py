"""What the best trials look like: each a line over the strongest hyperparameters, before where the region lies."""

from __future__ import annotations

from hpi import effects, figures
from pages import look, state

TITLE = "What do the best trials look like?"


def section(answer: state.Answer) -> None:
    """Draw the trials of the target."""
    profile = effects.target_profile(answer.table, answer.sample, answer.result)
    look.heading(TITLE)
    look.chart(figures.parallel(profile, answer.result, look.theme()), "best_trials")
