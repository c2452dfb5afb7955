"""What the study runs: sizes, numbers of tables, and the parts of an estimator that are not studied."""

from __future__ import annotations

from dataclasses import dataclass

TARGET = 0.1
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
    """Sizes and numbers of tables of a study."""

    sizes: tuple[int, ...]
    cheap_tables: int
    dear_tables: dict[int, int]
    noise_sizes: tuple[int, ...]
    cheap_noise: int
    dear_noise: int
    pair_sizes: tuple[int, ...]
    pair_tables: dict[str, int]
    peer_size: int
    ped_peer_tables: int
    fanova_peer_tables: int
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
    peer_size=1000,
    ped_peer_tables=40,
    fanova_peer_tables=5,
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
    peer_size=300,
    ped_peer_tables=10,
    fanova_peer_tables=2,
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
    peer_size=100,
    ped_peer_tables=1,
    fanova_peer_tables=1,
    fanova_peer_trees=4,
)
