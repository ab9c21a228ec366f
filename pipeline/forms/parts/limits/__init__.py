"""What a cell must be by itself, one file a limit: its keys, mistakes of authors, words, check, validation in Excel.

``pipeline.forms.parts.columns`` puts them together: a column's keys are those of its limits.
"""
