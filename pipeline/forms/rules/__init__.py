"""What cells, rows and sheets must be together.

``kinds`` holds a file a kind of rule, ``rule`` the shape that each fills in, ``table`` the list of them;
docs/howto/rule-kind.md says how to add one.
"""
