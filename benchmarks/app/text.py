"""The words of benchmarks/app.md around what was measured."""

SHORT = """This is the short form of the study: fewer presses, smaller tables, fewer sessions."""

NOT_MEASURED = "Not measured: this run left it out."

TEXT = """# How quick the app is

Made by `{command}`; it stops by itself. A Chromium without a window presses keys and clicks links as a person would,
and a stopwatch in the page runs from that event to the frame in which the chart is drawn. What is wanted is said in
multiples of a reference that is measured in the same run, in turn with the app: milliseconds are those of this machine
and of what else ran on it, multiples should be the same elsewhere. All multiples that are wanted are those of the
medians; where two numbers stand together, the second one, in brackets, is the 95th percentile.

| what | wanted | measured | met |
| --- | --- | --- | --- |
{wanted}

{short}

Machine: {machine}. The browser draws without a graphics card, on the same cores as the server.

## From the slider to the bars

A table of {columns} hyperparameters is dropped as Parquet on the start page of the app. On the page Importance the
target is moved by one step of the slider with an arrow key, {presses} times, and each time the bars are those of
PED-ANOVA with intervals, noise floor and pairs. The reference is a rerun of the same page that changes nothing: the key
R, with which Streamlit's own page asks for one. The browser then sends all widgets as they are, the script runs from
its first line to its last with the answer that it has kept, and every element is sent again and found to be the same.
Both have their turn after the page has come to rest: also what a child process works out beside the bars, the findings,
is done by then. {unrested}

Stopwatch: from the key to the first frame in which a mark of the bars is another one than before; for the rerun, to
the first frame in which the page says that its script has ended. "Whole page" is that end after a key of the slider.

| trials | rerun, ms | bars, ms | times the rerun | whole page, ms | times the rerun |
| --- | --- | --- | --- | --- | --- |
{slider}

## From the menu to a page

The example (1,200 trials, 10 hyperparameters) is open, all estimators have been asked about it on the page Compare,
and every page has been opened once before. The reference is the smallest Streamlit app that has such a page:
`st.navigation` with a page for each chart, and on it nothing but `st.plotly_chart` with the very figure that the
app's page shows, made once and kept. {rounds} rounds through both menus, in turn. Stopwatch: from the click to the
first frame in which the chart has marks; "whole page" is the end of the page's script.

| page | chart | smallest, ms | app, ms | times the smallest | whole page, ms |
| --- | --- | --- | --- | --- | --- |
{menu}

## Messages

Every message of the websocket on every page, of the example and of the tables above, before compression; the largest
one of each chart, and the largest ones that bring none.

| chart | largest message |
| --- | --- |
{charts}
{others}

## From the start to the first bars

From the start of the process `streamlit run` to the bars of the example in a browser that was open before, with an
empty cache, by its address (`/importance?example=digits_mlp`). The reference is the same of a script of two statements:
one `st.plotly_chart` with ten bars. Both are started in turn, each time as a new process; the files are in the system's
cache.

{start}

## Many at once

{load}
"""

LOAD = """{sessions} sessions have a table of {trials:,} trials open, which they share: each came by the same link
and made a copy to explore. They are clients that speak Streamlit's protocol over websockets as a browser does, and also
ask again every half second where a page waits for a child process; they draw nothing, since {sessions} browsers on the
same cores would measure themselves. First each session in turn moves its slider while the others rest. Then all of them
move it every {every:g} s, staggered, for {seconds:g} s, while one more session has forests grown: one grew in
{growing:.0f} % of that time, and {forests} came to their end. The wait is that from the step to the bars of its answer.

| | median (95th percentile) |
| --- | --- |
| alone, ms | {alone} |
| all at once, {steps} steps, ms | {busy} |
| 95th percentile of a session, in multiples of its own median alone | {median:.1f}; the worst session {worst:.1f} |

A step takes {a_step:.0f} ms of a core on the server until its page rests: also asking how the child process stands, and
drawing what that has found. With {sessions} sessions every {every:g} s that is {needed:.0f} % of a core, and Python
runs on one at a time.

The server's process held {fresh:.0f} MB before the first session, {first:.0f} MB with one, and {idle:.0f} MB with all
{sessions} open and at rest.
"""
