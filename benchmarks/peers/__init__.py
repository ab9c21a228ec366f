"""Other people's tools doing the same work, written as their users would: they run in .venv-bench only."""
