"""What a cell must be by itself, one file a limit: its keys, mistakes of authors, words, check, validation in Excel.

``parts.limit`` is the shape that each fills in; ``parts.columns`` puts them together: a column's keys are those of its
limits.
"""
