"""What each column of a table is: metric, hyperparameter, context or left out, with a reason that a person can read.

`values` parses one column; `vocabulary`, `measures` and `sources` hold the words that names are made of and the
grammars of exports; `outcomes` tells the names of outcomes, `meant` which end of them is good and which is the
metric; `looks` tells what cells look like; `by_itself`, `by_others` and `measured` judge a column alone and beside the
others, `alike` tells which of them say the same and `combinations` which rows do; `kinds` tells what the values of a
hyperparameter are; `choices` holds what a person said, which goes before all of that; `inference` puts it together.
"""

from hpi.roles.by_itself import Column
from hpi.roles.choices import Choices, Declaration, Reduce, Repeats, parse_space, plain_space
from hpi.roles.inference import assign, infer, parse
from hpi.roles.reading import Objective, Reading
from hpi.roles.vocabulary import ContextKind, Direction, Role

__all__ = [
    "Choices",
    "Column",
    "ContextKind",
    "Declaration",
    "Direction",
    "Objective",
    "Reading",
    "Reduce",
    "Repeats",
    "Role",
    "assign",
    "infer",
    "parse",
    "parse_space",
    "plain_space",
]
