"""Ours, asked only what the others are asked: the kernels of hpi.blocks over row groups, in two threads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.scale.answer import Answer
from benchmarks.scale.found import Phases
from benchmarks.scale.question import TARGET, Axis, Question
from hpi.blocks.counting import Counting
from hpi.blocks.lookup import Lookup, Table
from hpi.blocks.ranks import Partial, Search, search
from hpi.blocks.running import run
from hpi.blocks.source import Block, Source, find, read
from hpi.blocks.steps import Steps
from hpi.space import Edges, Hyperparameter, Kind
from hpi.space.tallies import Counted, Plan


def answer(folder: Path, question: Question) -> Answer:
    """Return what our kernels count."""
    began = process_time()
    source = find(str(folder))
    step: Search | NDArray[np.float64] = search((TARGET,))
    passes = 0
    while isinstance(step, Search):
        passes += 1
        step = step.after(run(partial(_ranked, source, question.metric, step), source.blocks, Partial.merged))
    ranking = process_time()
    found = Answer.empty(question, float(step[0]))
    counting = _counting(question, found.threshold)
    counted = run(partial(_counted, source, question, counting), source.blocks, _added)
    for mine, counts in zip((*found.cells, *found.pairs), (*counted.cells, *counted.pairs), strict=True):
        mine[:] = counts[::-1]
    print(json.dumps(asdict(Phases(passes, ranking - began, process_time() - ranking))))
    return found


def _ranked(source: Source, metric: str, step: Search, blocks: Sequence[Block]) -> Partial:
    parts = [step.count(piece[metric].to_numpy()) for block in blocks for _, piece in read(source, block, (metric,))]
    first, *others = parts
    for other in others:
        first = first.merged(other)
    return first


@dataclass(frozen=True, eq=False)
class Words:
    """Which place among the levels each word of a column has."""

    levels: pa.Array

    def places(self, column: pa.ChunkedArray) -> NDArray[np.integer]:
        """Return the place of each trial's level, -1 where it has none; the column comes as codes into words."""
        whole = column.combine_chunks()
        whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
        known = (
            pc.index_in(whole.dictionary.cast(pa.string()), self.levels).fill_null(-1).to_numpy(zero_copy_only=False)
        )
        code = whole.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
        return np.append(known, -1)[code]


def _counting(question: Question, threshold: float) -> Counting:
    """Return what is counted: losses up to the threshold, and all others; cells with the ends that were given."""
    edges = tuple(_edges(axis) for axis in question.axes)
    joint = tuple(np.append(axis.joint, axis.n_joint).astype(np.uint8) for axis in question.axes)
    plan = Plan(np.array([threshold, np.inf]), edges, ((),) * len(edges), joint, question.pairs)
    lookups = tuple(_lookup(axis, one) for axis, one in zip(question.axes, edges, strict=True))
    return Counting(plan, Steps.of(np.array([threshold])), lookups, plan.regimes)


def _edges(axis: Axis) -> Edges:
    """Return cells by their ends as they were given: what is looked up is the number itself, not its position."""
    if axis.levels:
        return Edges(np.arange(axis.n) / (axis.n - 1), ordered=False, exact=True)
    return Edges(np.array(axis.ends), ordered=True, exact=False)


def _lookup(axis: Axis, edges: Edges) -> Lookup | Table:
    if axis.levels:
        return Table.of(edges, edges.ends)
    own = Hyperparameter(axis.name, Kind.FLOAT, axis.ends[0], axis.ends[-1])
    return Lookup(own, edges, Steps.of(edges.ends[:-1]), -np.inf, np.inf, np.zeros((0, 2)))


def _counted(source: Source, question: Question, counting: Counting, blocks: Sequence[Block]) -> Counted:
    counts = counting.accumulator()
    words = [Words(pa.array(axis.levels, pa.string())) if axis.levels else None for axis in question.axes]
    names = (question.metric, *(axis.name for axis in question.axes))
    for block in blocks:
        for _, piece in read(source, block, names):
            columns = [
                piece[axis.name].to_numpy() if known is None else known.places(piece[axis.name])
                for axis, known in zip(question.axes, words, strict=True)
            ]
            counts.add(piece[question.metric].to_numpy(), columns)
    return counts.counted()


def _added(counts: Counted, others: Counted) -> Counted:
    counts.add(others)
    return counts
