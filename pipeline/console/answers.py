"""What an administrator filled in, read field by field; what cannot be read is one sentence that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.cabinet.instants import read_instant, read_interval
from pipeline.catalogue import format_short, has, text
from pipeline.console.acts import Act, Field
from pipeline.console.choices import key_of
from pipeline.errors import UserError

_DIGITS = 15


def field_words(act: Act, field: Field) -> str:
    """The title of a field: ``console.field.<act>.<name>``, else ``console.field.<name>``."""
    own = f"console.field.{act.key}.{field.name}"
    return text(own if has(own) else f"console.field.{field.name}")


def field_hint(act: Act, field: Field) -> str:
    """The line below a field, empty where there is none."""
    codes = (f"console.field.{act.key}.{field.name}.hint", f"console.field.{field.name}.hint")
    return next((text(code) for code in codes if has(code)), "")


def option_words(act: Act, option: str) -> str:
    """What people see for one of a field's fixed options; kinds of reports are called as in letters."""
    own = f"console.option.{act.key}.{option}"
    return text(own) if has(own) else text(f"notice.report.{option}")


def _ahead(at: datetime, field: str, now: datetime) -> datetime:
    if at <= now:
        raise UserError("console.past", field=field, at=format_short(at), now=format_short(now))
    return at


@dataclass(frozen=True, slots=True)
class Answers:
    """The fields of ``act`` as filled in. Methods raise UserError with a sentence that names the field."""

    act: Act
    given: Mapping[str, object]

    def check(self) -> None:
        """Raise UserError for the first field that must be filled in and is not, or holds none of its options."""
        for field in self.act.fields:
            if field.options:
                self.option(field.name)
            elif not field.flag and not field.many:
                self.word(field.name)

    def word(self, name: str) -> str:
        """Text of a field without blanks around it, empty when nothing was typed."""
        value = self.given.get(name)
        written = value.strip() if isinstance(value, str) else "" if value is None else str(value)
        field = self._field(name)
        if not written and field.required:
            raise UserError("console.missing", field=field_words(self.act, field))
        return written

    def needed(self, name: str) -> str:
        """Text of a field that what was chosen elsewhere in the form needs."""
        if written := self.word(name):
            return written
        raise UserError("console.missing", field=field_words(self.act, self._field(name)))

    def number(self, name: str) -> int:
        """The number that was chosen: «№17, …», or typed alone."""
        written = self.key(name)
        if written.isascii() and written.isdecimal() and len(written) <= _DIGITS:
            return int(written)
        raise UserError("console.no_number", field=field_words(self.act, self._field(name)), written=written[:100])

    def refuse(self, action: str, *names: str) -> None:
        """Raise UserError for a field that is filled in though ``action`` does nothing with it."""
        for name in names:
            if self.flag(name) if self._field(name).flag else self.word(name):
                field = field_words(self.act, self._field(name))
                raise UserError("console.not_with", field=field, option=option_words(self.act, action))

    def key(self, name: str) -> str:
        """The key that the chosen text stands for, empty when nothing was chosen."""
        return key_of(self.word(name))

    def option(self, name: str) -> str:
        """The option that was chosen, by its stable name."""
        written, field = self.word(name), self._field(name)
        for option in field.options:
            if written in (option, option_words(self.act, option)):
                return option
        if not written:
            return ""
        raise UserError("console.unknown_option", field=field_words(self.act, field), written=written[:100])

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        value = self.given.get(name)
        return value if isinstance(value, bool) else str(value or "").strip().lower() in ("true", "да", "1")

    def many(self, name: str) -> tuple[str, ...]:
        """Logins and the like, typed with blanks or commas between them or chosen."""
        value = self.given.get(name)
        parts = (
            value if isinstance(value, list | tuple) else str(value or "").replace(",", " ").replace(";", " ").split()
        )
        return tuple(dict.fromkeys(key_of(str(part)) for part in parts if str(part).strip()))

    def instant(self, name: str, now: datetime) -> datetime | None:
        """An instant of Moscow's clock that lies ahead of ``now``, None when nothing was typed."""
        written, words = self.word(name), field_words(self.act, self._field(name))
        return _ahead(read_instant(written, words, now), words, now) if written else None

    def interval(self, opens: str, closes: str, now: datetime) -> tuple[datetime, datetime] | None:
        """Both ends of a collection, the end ahead of ``now``; None when neither was typed."""
        words = (field_words(self.act, self._field(opens)), field_words(self.act, self._field(closes)))
        found = read_interval(self.word(opens), self.word(closes), words, now)
        if found is not None:
            _ahead(found[1], words[1], now)
        return found

    @property
    def who(self) -> str:
        """Who decided, as the audit has it."""
        return f"prefect:{self.word('who')}"

    def _field(self, name: str) -> Field:
        return next(field for field in self.act.fields if field.name == name)
