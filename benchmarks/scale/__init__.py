"""What 10 and 100 million trials cost: ours beside DuckDB and Polars, the same question, the same numbers.

`make bench-scale` makes the trials as Parquet files, asks each engine in a process of its own, holds their counts
against each other number by number, opens the largest folder in the app, and removes the files.
"""
