"""Which hyperparameters decide whether a trial is among the best, and how sure that is."""
