"""Every sentence that people read outside letters, in Russian, and the way dates and counts are written.

It is cut by who speaks: one module a room, named after it, and what several rooms say lies with the lowest of them.
``ground`` is that of ``authoring`` and ``files``, ``adapters`` that of the store, the servers and the disk; the two
largest rooms have modules for rooms within them. ``ROOMS`` in ``tests/unit/test_catalogue.py`` is the whole table.
Each module holds ``MESSAGES``, a mapping of stable code to a ``str.format`` template. Logic names the code, never the
words; a test finds codes that are not here, codes that nobody names, and values that a sentence does not show.
"""

from __future__ import annotations

from pipeline.catalogue import (
    adapters,
    cabinet,
    cli,
    console,
    console_campaign,
    console_following,
    console_machine,
    console_standing,
    doctor,
    embedded,
    flows,
    forms_checking,
    forms_definition,
    forms_inferring,
    forms_making,
    forms_workbooks,
    ground,
    mail,
    mail_commands,
    reports,
    settings,
    steps,
    steps_condition,
    steps_summaries,
    web,
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
    adapters.MESSAGES,
    cabinet.MESSAGES,
    cli.MESSAGES,
    console.MESSAGES,
    console_campaign.MESSAGES,
    console_following.MESSAGES,
    console_machine.MESSAGES,
    console_standing.MESSAGES,
    doctor.MESSAGES,
    embedded.MESSAGES,
    flows.MESSAGES,
    forms_checking.MESSAGES,
    forms_definition.MESSAGES,
    forms_inferring.MESSAGES,
    forms_making.MESSAGES,
    forms_workbooks.MESSAGES,
    ground.MESSAGES,
    mail.MESSAGES,
    mail_commands.MESSAGES,
    reports.MESSAGES,
    settings.MESSAGES,
    steps.MESSAGES,
    steps_condition.MESSAGES,
    steps_summaries.MESSAGES,
    web.MESSAGES,
)


def text(code: str, /, **values: object) -> str:
    """Return the Russian sentence for ``code`` with ``values`` put in.

    Raises KeyError for an unknown code or a value that the sentence needs and did not get.
    """
    return MESSAGES[code].format(**values)


def has(code: str) -> bool:
    """Return whether there is a sentence for ``code``: for words on record that need not have one."""
    return code in MESSAGES
