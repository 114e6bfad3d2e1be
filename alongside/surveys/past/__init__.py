"""The past: earlier results brought in as tallies, counted in memory, shown under the rules of our own results.

`counts` is what a file came to; `tallyfile` and `exports` read it, `columns` says which columns may be read at all;
`matching` is what a person decides about it; `standing` makes of both what may stand; `actions` keeps, applies and takes
back; `reads` is for pages.
"""
