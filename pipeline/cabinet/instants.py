"""Instants that a person types on the command line or into the console: Moscow's clock, one meaning or none.

Publications are read more freely (``front_matter``): their author sees the offset that is written there. Here nobody
does: a date picker adds its «Z» by itself, and 18:00 would become 21:00 (W43).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pipeline.cabinet.front_matter import tidy
from pipeline.catalogue import MOSCOW, format_short, text
from pipeline.errors import ConfigurationError

_TYPED = re.compile(
    r"(?:(?P<day>[0-9]{2})\.(?P<month>[0-9]{2})\.(?P<year>20[0-9]{2}) "
    r"|(?P<iso_year>20[0-9]{2})-(?P<iso_month>[0-9]{2})-(?P<iso_day>[0-9]{2})[ T])"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
)
_EXAMPLE_AHEAD = timedelta(days=7)


def read_instant(written: str, field: str, now: datetime) -> datetime:
    """Return «20.09.2021 18:00» or «2021-09-20 18:00» of Moscow's clock as aware UTC.

    Raises ConfigurationError for everything else: an offset or a zone, seconds, a date without its time, a day or an
    hour that does not exist. Its sentence names ``field`` and shows the form by an example that lies ahead of ``now``.
    """
    match = _TYPED.fullmatch(tidy(written))
    if match is not None:
        parts = {name.removeprefix("iso_"): int(value) for name, value in match.groupdict().items() if value}
        try:
            return datetime(**parts, tzinfo=MOSCOW).astimezone(UTC)
        except ValueError:
            pass
    example = (now + _EXAMPLE_AHEAD).astimezone(MOSCOW).replace(hour=18, minute=0)
    raise ConfigurationError("instant.wrong", field=field, value=_shown(written), example=format_short(example))


def read_interval(opens: str, closes: str, fields: tuple[str, str], now: datetime) -> tuple[datetime, datetime] | None:
    """Return both ends of a collection's interval as aware UTC, or None when neither is given.

    ``fields`` name them for people. Raises ConfigurationError when one is missing or wrong, or the end is not later.
    """
    first, last = fields
    given = bool(tidy(opens)), bool(tidy(closes))
    if not any(given):
        return None
    if not all(given):
        raise ConfigurationError("instant.half", opens=first, closes=last)
    opens_at, closes_at = read_instant(opens, first, now), read_instant(closes, last, now)
    if closes_at <= opens_at:
        raise ConfigurationError("instant.reversed", opens=first, closes=last)
    return opens_at, closes_at


def _shown(written: str) -> str:
    """What was typed, short enough for a sentence."""
    shown = tidy(written)
    return shown if len(shown) <= 60 else text("instant.cut", value=shown[:60])
