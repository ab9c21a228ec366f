"""A definition → the workbook that an organisation gets, by a template of the form where there is a place for all.

Forms of one publication differ in the name, the login and the identity only: the rest is made and compressed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.making.cover import Cover
from pipeline.forms.making.datasheet import place_rows
from pipeline.forms.making.template import (
    Template,
    make,
    whole,
)
from pipeline.forms.parts import layout

__all__ = ["Cover", "build_workbook"]

_TEMPLATES = 16
"""Publications whose templates a process keeps, about a megabyte each at most."""


def build_workbook(form: FormDefinition, cover: Cover, received: Mapping[str, Any] | None = None) -> bytes:
    """Return the form of ``cover.login`` as .xlsx, the same bytes for the same input.

    ``received`` (``Return.received``) is filled in, unless the form keeps its data out of letters (``mail_back``).
    """
    shown = received if received is not None and form.mail_back else {}
    if _too_many(form, shown):
        return whole(form, cover, shown)
    campaign = _Campaign(form, cover.publication_title, cover.opens_at, cover.closes_at, cover.support)
    return _template(campaign).fill(form, cover, shown)


def _too_many(form: FormDefinition, received: Mapping[str, Any]) -> bool:
    """Whether a sheet has more rows than it offers: it is longer then, down to its print area and validations."""
    return any(
        max(place_rows(spec, received[spec.id]).values(), default=0) > layout.last_row(spec)
        for spec in form.sheets
        if spec.id in received
    )


@dataclass(frozen=True)
class _Campaign:
    """What all forms of a publication share. Definitions hold mappings and cannot be hashed: their name is enough to
    find the candidates, which are then compared whole.
    """

    form: FormDefinition
    publication_title: str
    opens_at: datetime
    closes_at: datetime
    support: str

    def __hash__(self) -> int:
        return hash((self.form.form, self.form.version, self.publication_title, self.closes_at))

    def cover(self) -> Cover:
        """Return a cover with nobody's name on it."""
        return Cover(
            login="",
            login_name="",
            publication_title=self.publication_title,
            form_code="",
            token="",
            reply_to="",
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            support=self.support,
        )


@lru_cache(maxsize=_TEMPLATES)
def _template(campaign: _Campaign) -> Template:
    return make(campaign.form, campaign.cover())
