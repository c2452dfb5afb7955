"""The words of benchmarks/scale.md around what was measured."""

NAMES = {
    "ours": "ours, the question",
    "everything": "ours, everything",
    "duckdb": "DuckDB, the question",
    "polars": "Polars, the question",
}

SHORT = """This is the short form of the benchmark, with fewer rows; what is wanted is wanted of the long one, so
nothing is said to be met. So that hpi opens these few rows in blocks, too, its limit is lowered
(HPI_READ_ROWS)."""

ABSENT = """Not measured here, as it is not installed: {names}. `make bench-scale` installs it into .venv-bench."""

TEXT = """# Beyond memory

Made by `{command}`; it makes its own trials and removes them. A folder of Parquet files is asked the same question by
hpi, by DuckDB and by Polars, each in a process of its own, on the same two cores and the same files.

| what | wanted | measured | met |
| --- | --- | --- | --- |
{wanted}

{short}

{absent}

Machine: {machine}. Nothing here was measured on more than one machine, and nothing is said about several.

![Processor seconds and memory of each engine](scale.svg)

## What each took

{table}

"CPU" is user and system time of the process and all that it started, from the first line of Python to the last:
loading the packages, about a second, is part of it, which shows in the smaller table. "Peak" is the most that all its
processes held for themselves (resident less shared memory), looked at every 50 ms, so what lasted less may be missed.
Medians of {rounds}; a median of two runs is their mean. {spread} Engines had their turns one after the other. All were
allowed two threads. {cached}

**All of them gave the same numbers**: after every run the threshold, {n_cells:,} counts of cells and {n_joint:,} counts
of pairs were compared with those of the first engine, bit by bit; one difference ends the benchmark without a report.

## The question

{folders}

Trials are made for this: six hyperparameters uniform, two uniform on the logarithm, one whole number, one of five
words, and one that only trials with two of these words have; the loss depends on five of them, two together, with
noise, and is rounded to six decimals, so it repeats. Floats have single precision (the loss: double), compressed by
zstd, row groups of at most {group_rows:,} rows in files of at most {file_rows:,}.

Asked is the exact loss at which the best 10 % end (the one of that rank, not an estimate); for each of the eleven
hyperparameters how many trials lie inside and outside of these best in each of up to 256 cells; and for ten pairs of
neighbouring columns the same in up to 24 x 24 joint cells. Where cells end is given to all as plain numbers, ranks of
131,072 trials drawn by a hash; a value lies in the first cell whose end it does not exceed.

- **{ours}**: the kernels of `hpi.blocks` on two threads, with the ends that were given.
- **{everything}**: `hpi.read(folder, metric="loss", direction="minimize")` and `hpi.importance(table)`, as anybody
  writes it. It is not the same question but holds its answer: it finds the roles of the columns, draws the trials by
  which cells end itself, finds exact thresholds at {n_rungs} fractions, counts all {n_pairs} pairs at each of them, and
  works out intervals and what chance alone would show, for pairs of the eight strongest, too. The counts asked for are
  picked out of these, and compared.
- **{duckdb}**: SQL over `read_parquet`, `memory_limit` 4 GB (2 GB are too few for `quantile_disc` of 100
  million numbers). `quantile_disc` for the threshold; one query with
  `histogram(x, ends)` for cells; one with a halving CASE for joint cells and GROUPING SETS over one number a pair.
- **{polars}**: `scan_parquet` on its streaming engine. `quantile` for the threshold; `cut` for cells, a table of them
  for joint cells, both as numbers that come in batches (`collect_batches`), each column counted by `value_counts`.

Other ways were tried once by hand, in CPU time against the ways above, with 4 or 10 million rows. DuckDB: for the cells
of one column an ASOF join took 3 times as much, a halving CASE 4 times, a range join 14 times and a list filter some
hundred times; numbering cells by a grid and correcting by one comparison, as our kernels do, the same; for pairs
`histogram`, `unnest`, `UNPIVOT` and ten queries took 1.0 to 1.6 times as much; all counts in one query 0.96 times; for
the threshold counting by leading digits 1.5 times, ORDER BY with OFFSET 2.5 times, GROUP BY loss 4.6 times. Polars:
`bin_intervals`, which is to replace `cut`, took 1.25 times as much for cells and `search_sorted` 1.5 times; for all
counts one `collect_all` of 21 GROUP BY 1.04 times with memory that grew with rows, to 1.1 GB at 10 million; `unpivot`
1.2 times, `explode` over 3 times.

## In the app

{app}

## What does not compare

Times are those of warm files: a cold disk adds what it adds, the same to all. DuckDB was given a limit of 4 GB; Polars
and hpi had none. DuckDB and Polars gather all losses for an exact quantile, which is most of their memory at the larger
size. More threads, other row groups, other columns or files on S3 would change all of them; none of that was measured.
Both packages answer nearly any question, our kernels this one kind.

## A paper estimate for more

{estimate}
"""

ESTIMATE = """Measured are {first:,} and {last:,} rows; a straight line through both says what a further row takes. All
else in this table is extrapolated by it and was not run.

{table}

- CPU hours are those of cores like these, for one question, with files that are read as fast as they are counted: that
  takes {rate:,.0f} MB/s for each core that asks the question, {rate_all:,.0f} MB/s for one that answers everything.
  What is more than a machine's memory does not stay in its cache, so a disk or network has to deliver that.
- Hours are not divided by machines: blocks add up in any order, which tests show with threads, processes and a Dask
  cluster on one machine; how fast several machines are was not measured.
- {ranking}
- Memory is what was measured at {last:,} rows: counts, tables of cells and pieces of row groups do not grow with rows.
  What does is the list of row groups, some {a_block:.0f} bytes for each: {groups_mb:,.0f} MB at 10^11 rows in groups of
  a million.
- Disk is {bytes_row:.1f} bytes a row, as these trials take; others differ."""

NOT_IN_APP = "Not measured: {why}."

APP = """The server of the app (`streamlit run app.py`) has the folder of {rows:,} trials under a name (`HPI_TABLES`),
and a Chromium without a window opens it by the button of that name, as a visitor would. Jobs, the app and the browser
share the cores. Seconds are those from the click on the button.

| what | |
| --- | --- |
| the first words that say how far it is | {first} |
| every row was looked at, and the page of the table is open | {after:.1f} s |
| the bars of the trials at hand are drawn, dimmed | {at_hand:.1f} s |
| all trials are counted, and the bars are drawn | {bars:.1f} s |
| the words changed while rows were looked at | {looking} times |
| and while they were counted | {counting} times |
| held by the server's process, at most | {server:,.0f} MB |
| held by the child processes of its jobs, at most | {children:,.0f} MB |

Then the target is moved by a step of the slider with an arrow key, {presses} times, each time to a threshold that
nobody has asked for before. The reference is a rerun of the same page that changes nothing, the key R. Both have their
turn after the page has come to rest, also the child process that works out the findings. What is timed is that of
[app.md](app.md): from the key to the first frame in which a mark of the bars is another one; for the rerun, to the
first frame in which the page says that its script has ended. {unrested}

| | median (95th percentile) |
| --- | --- |
| rerun, ms | {rerun} |
| bars, ms | {moved} |
| times the rerun | {times} |
| whole page after a key of the slider, ms | {whole} |

{passes} What a process held is its proportional set size, looked at every {every:g} s. {browser}."""

ONCE = """The rows were read by one look and one count, before the first bars of all; no move of the slider had them
read again. The {others} other jobs worked out findings, each from the 65,536 trials that stand for all."""
AGAIN = """**The rows were read by {look} looks and {count} counts**: not every move of the slider was answered from
what was counted before."""
