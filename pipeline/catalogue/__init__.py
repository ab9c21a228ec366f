"""Every sentence that people read outside letters, in Russian, and the way dates and counts are written.

Sentences live in the modules beside this one, one module an area; each holds ``MESSAGES``, a mapping of stable code to
a ``str.format`` template. Logic names the code, never the words.
"""

from __future__ import annotations

from pipeline.catalogue import (
    adapters,
    alerts,
    cabinet,
    cli,
    demonstration,
    extensions,
    flows,
    forms,
    general,
    health,
    mail,
    mailings,
    moderation,
    publications,
    reports,
    restoring,
    roster,
    schema,
    sending,
    steps,
    workbooks,
)
from pipeline.catalogue.dates import (
    MOSCOW,
    format_date,
    format_instant,
    format_listed,
    format_short,
    format_weekday,
    plural,
)

__all__ = [
    "MOSCOW",
    "format_date",
    "format_instant",
    "format_listed",
    "format_short",
    "format_weekday",
    "has",
    "plural",
    "text",
]


def _merge(*areas: dict[str, str]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for area in areas:
        if doubled := merged.keys() & area.keys():
            raise RuntimeError(f"message codes defined twice: {sorted(doubled)}")
        merged |= area
    return merged


MESSAGES = _merge(
    general.MESSAGES,
    adapters.MESSAGES,
    alerts.MESSAGES,
    cabinet.MESSAGES,
    cli.MESSAGES,
    demonstration.MESSAGES,
    extensions.MESSAGES,
    flows.MESSAGES,
    forms.MESSAGES,
    health.MESSAGES,
    mail.MESSAGES,
    mailings.MESSAGES,
    moderation.MESSAGES,
    publications.MESSAGES,
    reports.MESSAGES,
    restoring.MESSAGES,
    roster.MESSAGES,
    schema.MESSAGES,
    sending.MESSAGES,
    steps.MESSAGES,
    workbooks.MESSAGES,
)


def text(code: str, /, **values: object) -> str:
    """Return the Russian sentence for ``code`` with ``values`` put in.

    Raises KeyError for an unknown code or a value that the sentence needs and did not get.
    """
    return MESSAGES[code].format(**values)


def has(code: str) -> bool:
    """Return whether there is a sentence for ``code``: for words on record that need not have one."""
    return code in MESSAGES
