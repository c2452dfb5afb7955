"""How a report was worked out, in words with references: constants, so nothing of a table is in it."""

from __future__ import annotations

from dataclasses import dataclass

from hpi.estimators import Estimator, Fanova, Linear, NRReliefF, PedAnova, Permutation


@dataclass(frozen=True)
class Reference:
    """A paper; `doi` is None where it has none."""

    text: str
    doi: str | None = None


PED = Reference(
    "Watanabe, Bansal, Hutter (2023): PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary "
    "Subspaces. IJCAI.",
    "10.48550/arXiv.2304.10255",
)
CONDITIONAL = Reference(
    "Baba, Ozaki, Watanabe (2026): Conditional PED-ANOVA: Hyperparameter Importance in Hierarchical & Dynamic Search "
    "Spaces.",
    "10.48550/arXiv.2601.20800",
)
FANOVA = Reference(
    "Hutter, Hoos, Leyton-Brown (2014): An Efficient Approach for Assessing Hyperparameter Importance. ICML, PMLR 32."
)
FORESTS = Reference("Breiman (2001): Random Forests. Machine Learning 45.", "10.1023/A:1010933404324")
PERMUTED = Reference(
    "Gregorutti, Michel, Saint-Pierre (2017): Correlation and variable importance in random forests. Statistics and "
    "Computing 27.",
    "10.1007/s11222-016-9646-1",
)
RELIEF = Reference(
    "Robnik-Šikonja, Kononenko (2003): Theoretical and Empirical Analysis of ReliefF and RReliefF. Machine Learning "
    "53.",
    "10.1023/A:1025667309714",
)
N_RELIEF = Reference(
    "Sun et al. (2019): Hyperparameter Importance Analysis based on N-RReliefF Algorithm. International Journal of "
    "Computers Communications & Control 14(4)."
)
ROBUST = Reference(
    "MacKinnon, White (1985): Some heteroskedasticity-consistent covariance matrix estimators with improved finite "
    "sample properties. Journal of Econometrics 29.",
    "10.1016/0304-4076(85)90158-7",
)
SHUFFLES = Reference("Westfall, Young (1993): Resampling-Based Multiple Testing. Wiley.")
DISCOVERIES = Reference(
    "Benjamini, Hochberg (1995): Controlling the False Discovery Rate. Journal of the Royal Statistical Society B 57.",
    "10.1111/j.2517-6161.1995.tb02031.x",
)
WEIGHTS = Reference(
    "Genovese, Roeder, Wasserman (2006): False discovery control with p-value weighting. Biometrika 93.",
    "10.1093/biomet/93.3.509",
)
EQUIVALENCE = Reference(
    "Schuirmann (1987): A comparison of the two one-sided tests procedure and the power approach for assessing the "
    "equivalence of average bioavailability. Journal of Pharmacokinetics and Biopharmaceutics 15.",
    "10.1007/BF01068419",
)
FROM_TRIALS = (
    "Intervals and the test against chance come from the trials themselves, not from the spread of the trees. A forest "
    "that does not predict trials it has not seen (R² below 0.3) gives no answer."
)
METHODS: dict[type[Estimator], tuple[str, tuple[Reference, ...]]] = {
    PedAnova: (
        "The trials of the region that are in the target are compared with all of the region, one hyperparameter at a "
        "time: the more their values differ from those of the region, the more it explains. The number is the share "
        "of the variance of “is in the target” that the hyperparameter explains alone, a first-order Sobol index: the "
        "importance of PED-ANOVA divided by what there is to explain. It is estimated by a cosine series over ranks, "
        "without bins or bandwidth, its bias taken out and its interval in closed form. A hyperparameter that is not "
        "always active is judged by the trials in which it is.",
        (PED, CONDITIONAL),
    ),
    Fanova: (
        "A random forest predicts the metric; the exact marginals of its trees say which share of the variance of its "
        f"prediction over the space each hyperparameter, and each pair beyond its parts, explains. {FROM_TRIALS}",
        (FANOVA, FORESTS),
    ),
    NRReliefF: (
        "Each trial is compared with its nearest neighbours: a hyperparameter in which near trials differ weighs more "
        "if the metric differs between them, too. The interval is a jackknife over trials.",
        (RELIEF, N_RELIEF),
    ),
    Linear: (
        "A linear model of the metric with main effects and products of two; the importance of a hyperparameter is the "
        "variance that is lost without every term that holds it. Intervals hold for unequal spread.",
        (ROBUST,),
    ),
    Permutation: (
        "A random forest predicts trials that it has not seen, as they are and with one hyperparameter shuffled. Half "
        f"of the loss in R² is the importance: for a forest that is right, the total effect of Sobol. {FROM_TRIALS}",
        (FORESTS, PERMUTED),
    ),
}
CHANCE = (
    "The results are shuffled over the trials, with one order for all hyperparameters, and everything is scored again. "
    "A hyperparameter is told apart from chance where its score is beyond the largest that a shuffle shows over all of "
    "them, in at least 95 % of the shuffles: on a table where nothing matters, at most one in twenty has any coloured "
    "bar. The noise floor is where that begins."
)
AS_DRAWN = (
    "All of this speaks of the trials that were run. What an optimiser settled early varies little and looks less "
    "important; what was never varied cannot be seen."
)


def of_importance(estimator: type[Estimator]) -> tuple[str, ...]:
    """Say how the bars were worked out, a paragraph each."""
    return METHODS[estimator][0], CHANCE, AS_DRAWN


def references(estimator: type[Estimator], with_findings: bool) -> tuple[Reference, ...]:
    """Return the papers that this report stands on."""
    of_findings = (DISCOVERIES, WEIGHTS, EQUIVALENCE, ROBUST) if with_findings else ()
    return tuple(dict.fromkeys((*METHODS[estimator][1], SHUFFLES, *of_findings)))
