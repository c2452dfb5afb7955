"""One engine, asked once: what a process of its own runs.

python -m benchmarks.scale.asked ENGINE FOLDER QUESTION.json ANSWER.npz
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.scale.engines import engine
from benchmarks.scale.question import Question


def main(name: str, folder: str, question: str, answer: str) -> None:
    """Ask, and write the answer."""
    asked = Question.read(Path(question))
    engine(name).answer(Path(folder), asked).write(Path(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
