"""How long an answer takes beside the packages people use, and how it grows with the table.

`make bench` runs it in an environment that has those packages; ours and theirs run on the same tables in the same
process, and a ratio is reported only where both found the same ranking.
"""
