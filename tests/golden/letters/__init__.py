"""Whole letters as text: subject and text part of every sample, compared by ``tests/unit/mail/test_letters.py``."""

from __future__ import annotations

from pathlib import Path

from pipeline.mail.letters.render import Rendered

FOLDER = Path(__file__).resolve().parent


def golden(rendered: Rendered) -> str:
    """Return what a golden file holds of a letter."""
    return f"{rendered.subject}\n\n{rendered.text}"
