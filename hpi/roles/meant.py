"""Which end of a metric is good, and which of several outcomes is the metric that is meant."""

from __future__ import annotations

from hpi.roles.measures import BAD, COSTLY, DOUBTFUL, GOOD, PARTS, THROUGHPUT, TWO_ENDED, WHOLE, set_of
from hpi.roles.outcomes import (
    NUMBERED,
    SPLITS,
    TRAIN,
    counts_work,
    is_generic,
    noun_of,
    plain_words,
    strong_of,
    takes_to_reach,
)
from hpi.roles.vocabulary import Direction

NO_SPLIT = 2
COSTLY_GROUP = 4

_SPREADS = set_of("std stderr sem var rank ranking")
# A change of a result is a result, but which end is good the name does not tell.
_CHANGES = set_of("drop diff gain improvement")


def direction_of(name: str) -> Direction | None:
    """Return the direction that the name of a metric tells, None if it tells none."""
    words = plain_words(name)
    noun = noun_of(name, words) or strong_of(words)
    if words in DOUBTFUL and not noun:
        return DOUBTFUL[words][0]
    if words in WHOLE or set(words) & (_SPREADS | _CHANGES):
        return WHOLE.get(words)
    negated = bool({"neg", "negative", "minus"} & set(words))
    if {"log", "likelihood"} <= set(words):
        return Direction.MINIMIZE if negated else Direction.MAXIMIZE
    if not noun and (set(words) & {"time", "runtime", "duration"} or takes_to_reach(words)):
        noun = "time"
    if noun in TWO_ENDED:
        return None
    if noun in ("success", "win") or noun in GOOD or noun in THROUGHPUT:
        good = not negated
    elif noun in BAD or noun in COSTLY:
        good = negated
    else:
        return None
    return Direction.MAXIMIZE if good else Direction.MINIMIZE


def preference(name: str) -> tuple[int, int, int, bool, str]:
    """Return a sort key: the metric that is meant comes first.

    Scores before losses before names that tell nothing before what a trial costs; within these validation
    before test, before no split, before training; a mean or a last value before an extreme.
    """
    words = plain_words(name)
    noun = noun_of(name, words) or strong_of(words)
    split = min((SPLITS[word] for word in words if word in SPLITS), default=NO_SPLIT)
    known = [*GOOD, *BAD]
    counted = words in WHOLE and WHOLE[words] is None
    extreme = bool(set(words) & {"max", "min"})
    if (
        set(words) & _SPREADS
        or counted
        or noun in COSTLY | THROUGHPUT
        or (not noun and ("time" in words or counts_work(name)))
    ):
        group = COSTLY_GROUP - 1
    else:
        known_well = noun in known and not ({noun, *words} & {"loss"} and set(words) & PARTS)
        group = 0 if known_well else (1 if is_generic(name) else 2)
    kind = 0 if noun in GOOD else 1
    order = known.index(noun) if noun in known else len(known)
    if numbered := NUMBERED.fullmatch(name):
        # The last of a curve.
        order = -int(numbered[1])
    if group == 0:
        return (split == TRAIN, split, kind * len(known) + order, extreme, name)
    return (group + 1, split, order, extreme, name)
