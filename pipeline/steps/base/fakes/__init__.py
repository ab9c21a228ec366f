"""Servers in memory with the shape of ``ports``; the contract tests hold them and the real ones to the same."""
