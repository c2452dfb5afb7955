"""Which names are those of outcomes: of results, of what a trial cost, of what is known only after it."""

import re
from collections.abc import Sequence

from hpi.roles.measures import (
    BAD,
    BARE_ONLY,
    BENCHMARKS,
    COSTLY,
    COUNTED,
    DOUBTFUL,
    GENERIC,
    GOOD,
    NEVER_ALONE,
    STRONG,
    THROUGHPUT,
    WHOLE,
    set_of,
)
from hpi.roles.vocabulary import words_of

TRAIN = 3
SPLITS = {
    "val": 0, "valid": 0, "validation": 0, "dev": 0, "cv": 0, "oof": 0, "holdout": 0, "heldout": 0,
    "eval": 1, "evaluation": 1, "test": 1, "testing": 1, "train": 3, "training": 3, "fit": 3,
}  # fmt: skip

_SUFFIXES = set_of(
    "mean avg average median std stderr sem var variance min max best last final macro micro weighted binary rate pct "
    "percent at top k raw normalized smoothed total overall epoch step value db usd adj adjusted episode ep s sec ms m "
    "g us ns min mins h hr hrs gb mb kb kg kwh wh j kj mj w kw gpu cpu ovo ovr pr of neg negative ratio r l lsum n "
    "drop diff gain improvement"
)
_UNITS = set_of("mb gb kb mib gib kwh")
_ALLOWANCES = set_of("max limit budget cache batch buffer chunk block")
_THOUSANDS = set_of("k m g b t mb")
_TIME_UNITS = set_of("s sec secs ms us min mins h hr hrs")
_MEASURED = set_of(
    "train training fit eval test inference infer predict total wall clock elapsed run compute gpu cpu epoch"
)
_AVERAGES = set_of("avg mean average median")
# A split that is the whole name is the result on it.
_ALONE = set_of("val valid validation dev test testing eval evaluation train training")
# A word of this kind makes the name a setting, whatever else is in it: val_split, time_limit, loss_weight.
SETTINGS = set_of(
    "weight weights coef coefs coeff coeffs coefficient scale scaling alpha beta gamma lambda size split fraction frac "
    "ratio interval freq frequency every threshold limit type fn func function steps batch tol tolerance decay penalty "
    "clip clipping norm normalization normalize smoothing margin temperature reduction mode strategy schedule "
    "scheduler budget horizon dim dims window constant kernel patience factor embedding embed encoding series warmup "
    "discount shaping mask masking step delay shift cutoff ratios samples sample set layer layers aug augmentation use "
    "folds is has enable replay pin laser scan stirring stir spindle feed cutting print spin"
)
# Words of hyperparameters that everybody knows: a column with one of them is no metric by its place alone.
KNOWN = set_of(
    "lr dropout momentum batchsize depth width units hidden neurons estimators leaves epochs optimizer optim "
    "activation regularization reg l1 l2 wd nesterov subsample colsample filters channels heads nlayers degree eta "
    "epsilon eps tau rho beta1 beta2 neighbors clusters components features leaf bins initialization init stride "
    "padding rank bias"
)

# Settings may stand among these names: save_best, n_best.
_KEPT = set_of("n k save keep load restore use track")
_RATES = set_of("gbs gbps mbs mbps kbps tflop gflop")
# What follows says of what: acc_per_second, perte de validation.
_OF = set_of("per de di du")
_SPAN_UNITS = set_of("s sec second seconds secs ms min minute h hr hour day")
_WHICH = set_of("final searcher primary main")
# What is known only when a trial has ended, unless it is a bound.
_ENDED = set_of(
    "success succeeded finished completed ended failed crashed diverged stopped converged solved reached achieved "
    "attained elapsed consumed traveled travelled"
)
_BOUNDS = set_of("tol tolerance threshold limit weight coef penalty bonus reward max min target criterion")
_LOOPS = set_of(
    "episodes epochs steps iterations iters generations rounds evals evaluations trials samples updates trees batches "
    "tokens frames examples images"
)
_GOALS = set_of("solve solved converge converged convergence reach best goal success target optimum finish solution")
_RUN = set_of("run ran done trained taken completed needed required seen processed sampled")
_NO_RESULT = set_of("prior init initial noise weight normal input data image pixel target")
_ENDS_OF_INTERVALS = set_of("lo hi low high lower upper left right 95 90 width")
_SLICES = set_of("frame stride hop pulse dwell gate hold exposure ttl lag offset pause sleep")
_FLAGS = set_of("normalize normalise use is has enable disable clip scale with standardize whiten log shape do")
_SECTION = re.compile(r"(?:metrics?|losses|scores?|results?|rollout)\s*[/.:|].+", re.IGNORECASE | re.DOTALL)
_TRAINING = re.compile(r"train(?:ing)?\s*[/|].+", re.IGNORECASE | re.DOTALL)
_PERCENTILE = re.compile(r"p\d\d\d?")
MOST_PERCENTILES = 9  # of one table
_PER_SECOND = re.compile(r"[A-Za-z]/(?:s|sec|second|min|h)$")
_AREA = re.compile(r"area[ _]under[ _](?:the[ _])?(?:[a-z]+[ _]){0,2}curve", re.IGNORECASE)
# One column an epoch, a fold, a seed: what was measured then, if it looks it.
NUMBERED = re.compile(
    r"(?:epoch|fold|cv|split|seed|run|rep|repeat|trial|round|iter|iteration)[ _-]?(\d+)", re.IGNORECASE
)
# Two words that are one: cross_entropy, r_squared.
_SPACED = re.compile(r"(?<![a-z])(cross|r)[ _-](entropy|squared)", re.IGNORECASE)
_CUT_OFF = re.compile(r"@\s*(?:\d|[kK]\b)")


def plain_words(name: str) -> tuple[str, ...]:
    """Return the words of a name without the letter in brackets that says of which part: mAP50(B)."""
    name = _SPACED.sub(r"\1\2", _AREA.sub("auc", re.sub(r"\([A-Z]\)\s*$", "", name)))
    return words_of(name.replace("chrF", "chrf"))


def _head(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words without splits and suffixes at the end: val_f1_macro -> (val, f1), acc_per_second -> (acc,)."""
    kept = list(words)
    for of in _OF & set(kept[1:]):
        kept = kept[: kept.index(of, 1)] if of in kept[1:] else kept
    while len(kept) > 1 and kept[-1] not in _NOUNS:
        if not (
            kept[-1].rstrip("0123456789") in _SUFFIXES
            or kept[-1] in SPLITS
            or kept[-1].isdigit()
            or _PERCENTILE.fullmatch(kept[-1])
        ):
            break
        kept.pop()
    return tuple(kept)


def _noun(words: Sequence[str]) -> str:
    """Return the outcome's word that a name ends in, "" if it ends in none."""
    head = _head(words)
    if not head:
        return ""
    last = head[-1] if head[-1] in _NOUNS else re.sub(r"[0-9]+$", "", head[-1])
    if last not in _NOUNS or (last in NEVER_ALONE and last == words[-1] and len(words) == 1):
        return ""
    # A brier score is an error, whatever it is called.
    return head[-2] if last == "score" and len(head) > 1 and head[-2] in BAD else last


_NOUNS = frozenset(GOOD) | frozenset(BAD) | COSTLY | THROUGHPUT


def noun_of(name: str, words: Sequence[str]) -> str:
    """Return the outcome's word that a name stands for, "" if it is none."""
    noun = _noun(words)
    if noun:
        return noun
    if _is_rate(words):
        return "throughput"
    if _PER_SECOND.search(name) and not set(words) & _ALLOWANCES:
        return "throughput"
    return "hits" if _CUT_OFF.search(name) and not set(words) & SETTINGS else ""


def strong_of(words: Sequence[str]) -> str:
    """Return the word that makes a name an outcome's wherever it stands, "" if there is none or it is a setting's."""
    setting = set(words) & (SETTINGS | KNOWN | _BOUNDS | _ALLOWANCES)
    return "" if setting else min(set(words) & STRONG, default="")


def _is_rate(words: Sequence[str]) -> bool:
    """Whether the name says how much was done in a time: samples_per_second, throughput_img_s, bandwidth_GBs."""
    if set(words) & (_ALLOWANCES | {"target", "threshold", "weight"}):
        return False
    return (len(words) > 2 and words[-2] == "per" and words[-1] in _SPAN_UNITS) or (
        len(words) > 1 and (words[0] == "throughput" or words[-1] in _RATES)
    )


def outcome_of(name: str) -> str | None:
    """Return why a name is that of an outcome, as the end of a sentence; None if it is not.

    Rule 3 of the column conventions: an outcome never becomes a hyperparameter by default, so a doubtful
    name counts as one unless a word such as weight, size or limit makes it a setting.
    """
    words = plain_words(name)
    if not words or words[0] == "lambda":
        return None
    noun = noun_of(name, words)
    setting = bool(set(words) & SETTINGS)
    if words[-1] in _THOUSANDS and words[:-1] in WHOLE:
        return f"the name is {' '.join(words)}"
    if len(words) == 2 and words[0] == "min" and words[1] in NEVER_ALONE:
        return None
    if words in WHOLE or words[-2:] == ("acc", "norm") or (len(words) == 1 and words[0] in _ALONE):
        return f"the name is {' '.join(words)}"
    if noun == "throughput" or (noun and not (noun in COSTLY | {"speed"} and setting)):
        return f"the name ends in {noun}" if _noun(words) else "the name is that of a rate or of a result at a rank"
    if strong_of(words):
        return f"the name speaks of {strong_of(words)}"
    if _SECTION.fullmatch(name):
        return f"the name begins with {words[0]}"
    return _by_ends(words, setting) or _after_the_run(words) or (None if setting else _measurement(words))


def _by_ends(words: tuple[str, ...], setting: bool) -> str | None:
    """Return why the first or the last word is that of something measured, None if it is not."""
    if len(words) < 2:
        return None
    if words[0] == "best" or (words[-1] == "best" and not set(words) & _KEPT):
        return f"the name {'begins' if words[0] == 'best' else 'ends'} with best"
    if words[-1] in _UNITS and not set(words) & _ALLOWANCES:
        return f"the name ends in the unit {words[-1]}"
    if "ci" in words and set(words) & _ENDS_OF_INTERVALS:
        return "the name is that of an interval's end"
    if SPLITS.get(words[0], TRAIN) < TRAIN and not setting:
        return f"the name begins with {words[0]}"
    return None


def _after_the_run(words: tuple[str, ...]) -> str | None:
    """Return why a name is that of something known only after the run, None if it is not: stopped_epoch."""
    if takes_to_reach(words):
        return "it says how long it took"
    if set(words) & _BOUNDS:
        return None
    if set(words) & _ENDED or (len(words) > 1 and words[-1] == "found"):
        return "it is known only after the run"
    if len(words) > 1 and words[-1] in _RUN and set(words[:-1]) & _LOOPS:
        return "it counts what a run took"
    return None


def takes_to_reach(words: Sequence[str]) -> bool:
    """Whether the words say how long something took: episodes_to_solve."""
    until = words.index("to") if "to" in words else 0
    return until > 0 and words[until - 1] in {*_LOOPS, "time"} and bool(set(words[until + 1 :]) & _GOALS)


def _measurement(words: tuple[str, ...]) -> str | None:
    """Return why a name is that of something measured, None if it is not."""
    if set(words) & {"time", "runtime", "duration"} and not set(words) & {"target", "goal", "deadline"}:
        return "the name speaks of time"
    if len(words) > 1 and words[0] in _AVERAGES:
        return f"the name begins with {words[0]}"
    if words[-1] in _TIME_UNITS and words[0] in _MEASURED:
        return f"the name ends in the unit {words[-1]}"
    if len(words) == 3 and words[1] == "to" and words[2].isdigit():
        return f"the name says how long it took to reach {words[2]}"
    return None


def doubtful(name: str, company: frozenset[str]) -> bool:
    """Whether the name is that of an outcome if the cells look measured, beside columns with these words."""
    words = plain_words(name)
    if not words:
        return False
    if NUMBERED.fullmatch(name) or "vs" in words:
        return True
    if _PERCENTILE.fullmatch("".join(words)):  # p50, p95, p99 are percentiles; p00, p01, p02... are parameters
        return len({word for word in company if _PERCENTILE.fullmatch(word)}) <= MOST_PERCENTILES
    needed = DOUBTFUL.get(words) or DOUBTFUL.get(_head(words))
    if needed is not None and (not needed[1] or needed[1] & company):
        return True
    if set(words) & BENCHMARKS and not set(words) & SETTINGS:
        return True
    if _TRAINING.fullmatch(name):
        return not is_setting(words)
    if words[-1] in _TIME_UNITS and set(words) & _AVERAGES:
        return True
    if len(words) < 2 or set(words) & (SETTINGS | _BOUNDS):
        return False
    if words[-1] in ("ms", "us", "ns"):
        return not set(words) & _SLICES
    return words[-1] in _AVERAGES and not set(words) & _NO_RESULT


def counts_work(name: str) -> bool:
    """Whether the name counts what was spent, if nearly every cell differs: func_evals, cycles."""
    words = plain_words(name)
    return (
        bool(words)
        and words[-1] in COUNTED
        and not set(words) & (_ALLOWANCES | _BOUNDS | set_of("every freq interval per"))
    )


def is_setting(words: Sequence[str]) -> bool:
    """Whether the words are those of a well-known hyperparameter, or of a setting."""
    return bool(set(words) & SETTINGS) or is_known(words)


def is_known(words: Sequence[str]) -> bool:
    """Whether the words are those of a well-known hyperparameter."""
    return bool(set(words) & KNOWN) or {"learning", "rate"} <= set(words) or {"batch", "size"} <= set(words)


def is_flag(name: str, n_distinct: int, is_bool: bool) -> bool:
    """Whether a column of two values switches something, though its name ends as an outcome's: normalize_reward."""
    words = words_of(name)
    return n_distinct <= 2 and bool(words) and not _after_the_run(words) and (is_bool or words[0] in _FLAGS)


def is_generic(name: str) -> bool:
    """Whether the name may be that of a metric but says nothing: value, metric, objective 1."""
    words = [re.sub(r"[0-9]+$", "", word) for word in words_of(name) if not word.isdigit()]
    return bool(set(words) & GENERIC) and set(words) <= GENERIC | _WHICH


def is_bare(name: str) -> bool:
    """Whether the name is what a formula's result is called: y."""
    words = words_of(name)
    return len(words) == 1 and words[0] in BARE_ONLY
