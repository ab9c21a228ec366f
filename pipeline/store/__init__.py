"""The database, and the only SQL: ``Store`` opens it, one query module a part of the domain reads and writes it.

Functions of the query modules take the session first; instants are aware UTC; they give back types of
``pipeline.model``, never rows.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from pipeline.store.base.engine import Store

__all__ = ["Session", "Store"]
