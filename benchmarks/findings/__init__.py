"""Do the sentences hold up? `make study-findings` writes benchmarks/findings.md.

Fresh tables are drawn in which nothing has an effect, or in which the effects are known; every sentence that `hpi`
says of them is held against what is true. Real tables are cut in halves: what one half says is tried on the other.
"""
