"""``python -m pipeline.cli``: the same as ``kabinet``."""

from pipeline.cli import main

main()
