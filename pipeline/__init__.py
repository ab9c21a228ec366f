"""Kabinet: data collection by e-mail and spreadsheet."""

__version__ = "0.1.0"
