"""Which names are those of outcomes, which end of them is good, and which of them is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hpi.roles.vocabulary import Direction, words_in, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words_in(words))


# Heads of names: the last word that is not a suffix decides. Best known first: the order breaks ties.
GOOD = words_in(
    "accuracy acc f1 fbeta auc auroc auprc roc ap map mcc bacc recall precision sensitivity specificity score r2 "
    "rsquared bleu rouge meteor cider iou miou jaccard dice psnr ssim ndcg mrr hit hits elbo likelihood loglik "
    "correlation corr spearman pearson sharpe profit reward rew rewards return returns performance perf fitness "
    "utility success win hypervolume hv silhouette purity speedup winrate kappa explained corrcoef elo concordance pnl"
)
BAD = words_in(
    "loss crossentropy ce xent logloss nll brier crps error err mse rmse mae mape smape msle rmsle medae wer cer "
    "perplexity ppl bpc bpb bpd fid regret cost distortion discrepancy divergence deviance residual hamming bouldin "
    "failures misses gap wait waiting"
)
# What a trial costs: an outcome, but not what is tuned unless somebody says so.
COSTLY = _set(
    "time runtime duration walltime elapsed seconds secs minutes hours latency memory mem ram energy power emissions "
    "flops macs bytes nbytes"
)
THROUGHPUT = _set("throughput fps speed ips")
# Names that are outcomes only where the numbers look it, or where there is no other outcome.
GENERIC = _set("metric value result output objective response target goal metrics values results")
_BARE_ONLY = _set("y fx z out")
# Two-sided words: outcomes after a split or a metric's word, hyperparameters alone.
_NEVER_ALONE = _set("kappa ce map power speed hit success win return gap wait bytes")

_SPLITS = {
    "val": 0, "valid": 0, "validation": 0, "dev": 0, "cv": 0, "oof": 0, "holdout": 0, "heldout": 0,
    "eval": 1, "evaluation": 1, "test": 1, "testing": 1, "train": 3, "training": 3, "fit": 3,
}  # fmt: skip
NO_SPLIT = 2
_TRAIN = 3
COSTLY_GROUP = 4

_SUFFIXES = _set(
    "mean avg average median std stderr sem var variance min max best last final macro micro weighted binary rate pct "
    "percent at top k raw normalized smoothed total overall epoch step value db usd adj adjusted episode ep s sec ms "
    "us min mins h hr hrs gb mb kb kwh wh gpu cpu ovo ovr pr of neg negative ratio r l lsum n drop diff gain "
    "improvement"
)
_SPREADS = _set("std stderr sem var rank ranking")
# A change of a result is a result, but which end is good the name does not tell.
_CHANGES = _set("drop diff gain improvement")
_UNITS = _set("mb gb kb mib gib kwh")
_ALLOWANCES = _set("max limit budget cache batch buffer chunk block")
_TIME_UNITS = _set("s sec secs ms us min mins h hr hrs")
_MEASURED = _set("train training fit eval test inference infer predict total wall elapsed run compute gpu cpu epoch")
_AVERAGES = _set("avg mean average median")
# A split that is the whole name is the result on it.
_ALONE = _set("val valid validation dev test testing eval evaluation train training")
# A word of this kind makes the name a setting, whatever else is in it: val_split, time_limit, loss_weight.
SETTINGS = _set(
    "weight weights coef coefs coeff coeffs coefficient scale scaling alpha beta gamma lambda size split fraction frac "
    "ratio interval freq frequency every threshold limit type fn func function steps batch tol tolerance decay penalty "
    "clip clipping norm normalization normalize smoothing margin temperature reduction mode strategy schedule "
    "scheduler budget horizon dim dims window constant kernel patience factor embedding embed encoding series warmup "
    "discount shaping mask masking step delay shift cutoff ratios samples sample set layer layers aug augmentation use "
    "is has enable replay"
)

# Whole names that are outcomes though their last word is not; the numbers of parameters have no good end.
_WHOLE: dict[tuple[str, ...], Direction | None] = {
    **dict.fromkeys(
        (("c", "index"), ("em",), ("exact", "match"), ("g", "mean"), ("hmean",), ("ll",), ("log", "lik")),
        Direction.MAXIMIZE,
    ),
    **dict.fromkeys((("kl",), ("approx", "kl"), ("mean", "kl")), Direction.MINIMIZE),
    **dict.fromkeys(
        (("entropy",), ("params",), ("n", "params"), ("num", "params"), ("n", "parameters"), ("num", "parameters"),
         ("param", "count"), ("parameter", "count"), ("params", "count"), ("trainable", "params")),
        None,
    ),
}  # fmt: skip


def _head(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words without splits and suffixes at the end: val_f1_macro -> (val, f1), acc_per_second -> (acc,)."""
    kept = list(words)
    if "per" in kept[1:]:
        kept = kept[: kept.index("per", 1)]
    while len(kept) > 1 and kept[-1] not in _NOUNS:
        if not (kept[-1].rstrip("0123456789") in _SUFFIXES or kept[-1] in _SPLITS or kept[-1].isdigit()):
            break
        kept.pop()
    return tuple(kept)


def _noun(words: Sequence[str]) -> str:
    """Return the outcome's word that a name ends in, "" if it ends in none."""
    head = _head(words)
    if not head:
        return ""
    last = head[-1] if head[-1] in _NOUNS else re.sub(r"[0-9]+$", "", head[-1])
    if last not in _NOUNS or (last in _NEVER_ALONE and last == words[-1] and len(words) == 1):
        return ""
    # A brier score is an error, whatever it is called.
    return head[-2] if last == "score" and len(head) > 1 and head[-2] in BAD else last


_NOUNS = frozenset(GOOD) | frozenset(BAD) | COSTLY | THROUGHPUT


def outcome_of(name: str) -> str | None:
    """Return why a name is that of an outcome, as the end of a sentence; None if it is not.

    Rule 3 of the column conventions: an outcome never becomes a hyperparameter by default, so a doubtful
    name counts as one unless a word such as weight, size or limit makes it a setting.
    """
    words = words_of(name)
    if not words or words[0] == "lambda":
        return None
    noun = _noun(words)
    setting = bool(set(words) & SETTINGS)
    if words in _WHOLE or (len(words) == 1 and words[0] in _ALONE):
        return f"the name is {' '.join(words)}"
    if noun and not (noun in COSTLY and setting):
        return f"the name ends in {noun}"
    if words[0] == "best" and len(words) > 1:
        return "the name begins with best"
    if len(words) > 1 and words[-1] in _UNITS and not set(words) & _ALLOWANCES:
        return f"the name ends in the unit {words[-1]}"
    if len(words) > 1 and _SPLITS.get(words[0], _TRAIN) < _TRAIN and not setting:
        return f"the name begins with {words[0]}"
    return None if setting else _measurement(words)


def _measurement(words: tuple[str, ...]) -> str | None:
    """Return why a name is that of something measured, None if it is not."""
    if set(words) & {"time", "runtime", "duration"}:
        return "the name speaks of time"
    if len(words) > 1 and words[0] in _AVERAGES:
        return f"the name begins with {words[0]}"
    if words[-1] in _TIME_UNITS and words[0] in _MEASURED:
        return f"the name ends in the unit {words[-1]}"
    if len(words) == 3 and words[1] == "to" and words[2].isdigit():
        return f"the name says how long it took to reach {words[2]}"
    return None


def is_generic(name: str) -> bool:
    """Whether the name may be that of a metric but says nothing: value, metric, objective 1."""
    words = [re.sub(r"[0-9]+$", "", word) for word in words_of(name) if not word.isdigit()]
    return bool(words) and set(words) <= GENERIC


def is_bare(name: str) -> bool:
    """Whether the name is what a formula's result is called: y."""
    words = words_of(name)
    return len(words) == 1 and words[0] in _BARE_ONLY


def direction_of(name: str) -> Direction | None:
    """Return the direction that the name of a metric tells, None if it tells none."""
    words = words_of(name)
    if words in _WHOLE or set(words) & (_SPREADS | _CHANGES):
        return _WHOLE.get(words)
    noun = _noun(words)
    negated = bool({"neg", "negative", "minus"} & set(words))
    if {"log", "likelihood"} <= set(words):
        return Direction.MINIMIZE if negated else Direction.MAXIMIZE
    if not noun and set(words) & {"time", "runtime", "duration"}:
        noun = "time"
    if noun in ("success", "win") or noun in GOOD or noun in THROUGHPUT:
        good = not negated
    elif noun in BAD or noun in COSTLY:
        good = negated
    else:
        return None
    return Direction.MAXIMIZE if good else Direction.MINIMIZE


def preference(name: str) -> tuple[int, int, int, str]:
    """Return a sort key: the metric that is meant comes first.

    Scores before losses before names that tell nothing before what a trial costs; within these validation
    before test, before no split, before training.
    """
    words = words_of(name)
    noun = _noun(words)
    split = min((_SPLITS[word] for word in words if word in _SPLITS), default=NO_SPLIT)
    known = [*GOOD, *BAD]
    if set(words) & _SPREADS or noun in COSTLY | THROUGHPUT or (not noun and "time" in words):
        group = COSTLY_GROUP - 1
    else:
        group = 0 if noun in known else (1 if is_generic(name) else 2)
    kind = 0 if noun in GOOD else 1
    order = known.index(noun) if noun in known else len(known)
    if group == 0:
        return (split == _TRAIN, split, kind * len(known) + order, name)
    return (group + 1, split, order, name)
