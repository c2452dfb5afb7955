"""Are the intervals, the noise floors and the numbers right? `make study-importance` writes benchmarks/calibration.md.

Fresh tables are drawn from functions whose importances are known (`hpi.toys`), every estimator is asked about each of
them, and its answers are counted: how often an interval holds the truth, how often an idle hyperparameter is marked,
how large the error is beside that of Optuna on the same tables.
"""
