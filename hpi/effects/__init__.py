"""What the trials themselves show of one hyperparameter, of two, and over time: numbers for pictures and sentences."""

from __future__ import annotations

from hpi.effects.adjusted import AdjustedEffects, adjusted
from hpi.effects.along import Means, Quartiles
from hpi.effects.cuts import OTHER, Cut
from hpi.effects.held import Held
from hpi.effects.joint import Joint
from hpi.effects.one import Compared, OneEffect, one_effect
from hpi.effects.order import History, history
from hpi.effects.outcome import Outcome
from hpi.effects.profile import ProfileAxis, TargetProfile, target_profile
from hpi.effects.two import TwoEffects, two_effects

__all__ = [
    "OTHER",
    "AdjustedEffects",
    "Compared",
    "Cut",
    "Held",
    "History",
    "Joint",
    "Means",
    "OneEffect",
    "Outcome",
    "ProfileAxis",
    "Quartiles",
    "TargetProfile",
    "TwoEffects",
    "adjusted",
    "history",
    "one_effect",
    "target_profile",
    "two_effects",
]
