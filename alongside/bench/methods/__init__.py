"""What the methods of `alongside.science` take, whether they keep their word, and whether known data come out as known.

Run by `alongside bench science` as a process of its own; nothing here may load Django.
"""
