"""A definition and a cover → an openpyxl workbook: cover, data sheets, hidden lists, identity in three carriers.

The editor's validations are help only; nothing in the workbook is trusted when it comes back (W1, W2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.locate import keywords_of
from pipeline.forms.making.cover import (
    Cover,
    write_cover,
)
from pipeline.forms.making.datasheet import write_data_sheet
from pipeline.forms.making.pack import (
    clean,
    put_text,
)
from pipeline.forms.parts import layout
from pipeline.forms.parts.limits.choice import list_name

_CREATOR = "Kabinet"


def assemble(
    form: FormDefinition, cover: Cover, received: Mapping[str, Any] | None
) -> tuple[Workbook, dict[str, Mapping[int, int]]]:
    """Return the workbook and, for each sheet id, where the received rows were put (see ``write_data_sheet``)."""
    book = Workbook()
    first = book.active
    assert first is not None
    write_cover(first, form, cover)
    _set_identity(book, form, cover)
    shown = received if received is not None and form.mail_back else {}
    placed = {
        spec.id: write_data_sheet(book.create_sheet(spec.title), form, spec, shown.get(spec.id, {}))
        for spec in form.sheets
    }
    _write_lists(book, form)
    _write_key(book, form, cover)
    return book, placed


def _set_identity(book: Workbook, form: FormDefinition, cover: Cover) -> None:
    properties = book.properties
    properties.creator = properties.lastModifiedBy = _CREATOR
    properties.title = clean(form.title)
    properties.subject = clean(cover.publication_title)
    properties.keywords = clean(keywords_of(cover.token, form))


def _write_lists(book: Workbook, form: FormDefinition) -> None:
    if not form.lists:
        return
    sheet = book.create_sheet(layout.LISTS_SHEET)
    sheet.sheet_state = "veryHidden"
    for number, (list_id, listed) in enumerate(form.lists.items(), start=1):
        put_text(sheet.cell(1, number), list_id)
        for row, choice in enumerate(listed.choices, start=2):
            put_text(sheet.cell(row, number), choice)
        letter = layout.letters(number)
        name = list_name(list_id)
        area = f"{layout.LISTS_SHEET}!${letter}$2:${letter}${len(listed.choices) + 1}"
        book.defined_names[name] = DefinedName(name, attr_text=area)


def _write_key(book: Workbook, form: FormDefinition, cover: Cover) -> None:
    sheet = book.create_sheet(layout.KEY_SHEET)
    sheet.sheet_state = "veryHidden"
    for label, address, value in (
        ("token", layout.KEY_TOKEN, cover.token),
        ("form", layout.KEY_FORM, form.form),
        ("version", layout.KEY_VERSION, str(form.version)),
        ("code", layout.KEY_CODE, cover.form_code),
    ):
        cell = sheet[address]
        put_text(cell, value, guard=False)
        put_text(sheet.cell(cell.row, 1), label)
