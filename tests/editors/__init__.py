"""Spreadsheet programs between us and people: forms made at random, filled in and saved by each of them."""
