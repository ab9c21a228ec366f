"""What cells, rows and sheets must be together: one file a kind of rule.

``rule`` is the shape that each kind fills in, ``table`` lists the kinds; docs/howto/rule-kind.md says how to add one.
"""
