"""Fuzzing that is led by coverage: what reaches new branches of the readers is kept and changed further.

``python -m tests.fuzz mail --seconds 600`` does it; what breaks a reader is written to ``found/`` and is an ordinary
test from then on.
"""
