"""A pulse asked of a hall through an open door: one code for everybody, as many answers as people are present (0061).

`door`: its address, and the number that each form carries. `taking` stores an answer, `closing` counts and seals, `released`
reads what came of it, `reads` asks for pages. Nothing here touches a series, a wave or a ticket.
"""
