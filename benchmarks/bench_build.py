"""Personal forms: ours beside openpyxl for each login and beside rewriting one form's zip with zipfile.

CPU time of one process; the ways take turns, so that what else the machine does falls on all alike.
``KABINET_SOAK=1``: 40,000 forms, the size that is asked for.
"""

from __future__ import annotations

import io
import os
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.making.template import whole
from pipeline.forms.parts import layout
from pipeline.forms.reading.read import read_workbook

FORM = Path("publications/vpr-spo-2021-schedule/form.yaml")
FULL = os.environ.get("KABINET_SOAK") == "1"
FORMS = 40_000 if FULL else 2_000
PEERS = 10 if FULL else 1
"""By how much fewer forms the slow ways make at full size: they would take an hour."""
ROUNDS = 10
FILLED_ROWS = 15
LIMIT_SECONDS = 15
TARGET_FORMS = 40_000
COVER = Cover(
    login="spo000000",
    login_name="Организация spo000000",
    publication_title="Сбор расписания проведения ВПР СПО 2021",
    form_code="spo000000-1",
    token="v1.spo000000.1.1.abcdefghijklmnop234567",
    reply_to="exchange+v1.spo000000.1.1.abcdefghijklmnop234567@kabinet.test",
    opens_at=datetime(2021, 8, 30, 9, tzinfo=UTC),
    closes_at=datetime(2021, 9, 7, 15, tzinfo=UTC),
    support="support@kabinet.test",
)


@dataclass
class Way:
    """One way to make a form; ``share`` is how many of ours fall on one of its."""

    name: str
    make: Callable[[Cover], bytes]
    share: int
    made: int = 0
    cpu: float = 0.0
    wall: float = 0.0

    @property
    def ms(self) -> float:
        """CPU milliseconds a form."""
        return self.cpu / self.made * 1000

    def run(self, first: int, count: int) -> None:
        """Make forms for ``count`` logins."""
        covers = [cover_of(number) for number in range(first, first + count)]
        wall, cpu = time.perf_counter(), time.process_time()
        for cover in covers:
            self.make(cover)
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        self.made += count


def cover_of(number: int) -> Cover:
    """Return the cover of one of the logins; names are as long as real ones and none is like another."""
    login = f"spo{number:06}"
    token = COVER.token.replace(COVER.login, login)
    return replace(
        COVER,
        login=login,
        login_name=f'Государственное бюджетное профессиональное учреждение "Колледж № {number}" & филиалы',
        form_code=f"{login}-1",
        token=token,
        reply_to=f"exchange+{token}@kabinet.test",
    )


def received(form: FormDefinition) -> dict[str, Any]:
    """Return fifteen filled rows for each sheet."""
    row = {
        "text": "Примечание",
        "choice": "Не участвуем",
        "code": "007",
        "int": 25,
        "decimal": 0.5,
        "bool": True,
        "date": {"date": "2021-09-15"},
    }
    numbers = range(layout.FIRST_ROW, layout.FIRST_ROW + FILLED_ROWS)
    return {
        spec.id: {str(number): {column.id: row[column.type] for column in spec.columns} for number in numbers}
        for spec in form.sheets
    }


def rezipped(form: FormDefinition) -> Callable[[Cover], bytes]:
    """Return the usual short cut: open the form of one login, replace its texts, write every member again."""
    blank = whole(form, COVER, None)

    def make(cover: Cover) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(blank)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                content = source.read(info)
                if info.filename.startswith("xl/worksheets/") or info.filename == "docProps/core.xml":
                    name = escape(cover.login_name).encode("ascii", "xmlcharrefreplace")
                    place = COVER.login_name.encode("ascii", "xmlcharrefreplace")
                    content = content.replace(place, name).replace(COVER.login.encode(), cover.login.encode())
                target.writestr(info, content)
        return packed.getvalue()

    return make


def check(ways: list[Way]) -> None:
    """All ways make the same form, or the comparison says nothing."""
    cover = cover_of(1)
    sheets = [read_workbook(way.make(cover)).sheets[0].rows for way in ways]
    assert all(rows == sheets[0] for rows in sheets), "the ways differ in what they make"


def main() -> int:
    """Print figures as ``name: value``; 1 when 40,000 forms would take longer than asked for."""
    form = load_form(FORM.read_text(encoding="utf-8"), FORM.name)
    data = received(form)
    ours = Way("template", lambda cover: build_workbook(form, cover), 1)
    peers = [
        Way("zipfile", rezipped(form), 10 * PEERS),
        Way("openpyxl", lambda cover: whole(form, cover, None), 100 * PEERS),
    ]
    filled = Way("template_prefilled", lambda cover: build_workbook(form, cover, data), 10 * PEERS)
    slow = Way("openpyxl_prefilled", lambda cover: whole(form, cover, data), 100 * PEERS)
    check([ours, *peers])
    check([filled, slow])
    for turn in range(ROUNDS):
        for way in (ours, *peers, filled, slow):
            count = max(FORMS // ROUNDS // way.share, 2)
            way.run(turn * FORMS, count)
    print(f"form: {form.form}, {len(form.sheets)} sheets, {len(ours.make(COVER))} bytes")
    print(f"load_average: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for way in (ours, *peers, filled, slow):
        print(f"{way.name}_forms: {way.made}")
        print(f"{way.name}_cpu_ms: {way.ms:.3f}")
        print(f"{way.name}_forms_per_second: {way.made / way.wall:.0f}")
    for way in peers:
        print(f"{way.name}_ratio: {way.ms / ours.ms:.0f}")
    print(f"openpyxl_prefilled_ratio: {slow.ms / filled.ms:.0f}")
    seconds = ours.ms * TARGET_FORMS / 1000
    print(f"seconds_for_40000: {seconds:.1f} (asked for: {LIMIT_SECONDS})")
    return int(seconds > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
