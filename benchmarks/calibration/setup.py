"""What the study runs: sizes, numbers of tables, and the parts of an estimator that are not studied."""

from __future__ import annotations

from dataclasses import dataclass

TARGET = 0.1
# At .1 the target would be exactly one level of ten: S jumps there, and no table shows its value.
TARGETS = {"category-10": 0.05}
CHEAP, DEAR = ("ped-anova", "linear"), ("fanova", "n-rrelieff", "permutation")
# Left out where it costs much and changes nothing that is counted: pairs are studied on noise alone.
SETTINGS: dict[str, dict[str, str | int]] = {
    "ped-anova": {"pairs": "no"},
    "fanova": {"pairs_of": 0},
    "linear": {"forest": "no"},
    "permutation": {"permutations": 40},
}
ON_NOISE: dict[str, dict[str, str | int]] = {"linear": {"forest": "no"}}


@dataclass(frozen=True)
class Plan:
    """Sizes and numbers of tables of a study; `ped_peers` and `fanova_peers`: tables for each size beside Optuna."""

    sizes: tuple[int, ...]
    cheap_tables: int
    dear_tables: dict[int, int]
    noise_sizes: tuple[int, ...]
    cheap_noise: int
    dear_noise: int
    pair_sizes: tuple[int, ...]
    pair_tables: dict[str, int]
    ped_peers: dict[int, int]
    fanova_peers: dict[int, int]
    fanova_peer_trees: int = 64


FULL = Plan(
    sizes=(300, 1000, 5000),
    cheap_tables=400,
    dear_tables={300: 60, 1000: 60, 5000: 60},
    noise_sizes=(100, 300, 1000),
    cheap_noise=1000,
    dear_noise=200,
    pair_sizes=(300, 1000, 5000),
    pair_tables={"ped-anova": 100, "fanova": 20},
    ped_peers={1000: 40, 5000: 20},
    fanova_peers={300: 5},
)
QUICK = Plan(
    sizes=(300, 1000),
    cheap_tables=100,
    dear_tables={300: 20, 1000: 10},
    noise_sizes=(300,),
    cheap_noise=200,
    dear_noise=40,
    pair_sizes=(1000,),
    pair_tables={"ped-anova": 40, "fanova": 5},
    ped_peers={300: 10, 1000: 10},
    fanova_peers={300: 2},
)
TINY = Plan(
    sizes=(100,),
    cheap_tables=2,
    dear_tables={100: 1},
    noise_sizes=(60,),
    cheap_noise=3,
    dear_noise=1,
    pair_sizes=(100,),
    pair_tables={"ped-anova": 1, "fanova": 1},
    ped_peers={100: 1},
    fanova_peers={100: 1},
    fanova_peer_trees=4,
)
