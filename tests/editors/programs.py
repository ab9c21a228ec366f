"""The editors: each takes blank or prefilled workbooks, types values into cells, saves, and gives the files back."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import load_workbook

from pipeline.forms.parts.layout import address
from pipeline.forms.parts.words import value_text
from tests.editors.cases import Typing
from tests.systems.programs import find_program, not_run

HERE = Path(__file__).parent
Job = tuple[bytes, Sequence[Typing]]
"""A workbook and what is typed into it."""
_SECONDS = 300


class Editor(ABC):
    """A program that fills workbooks in. ``keeps_kinds`` is False where what is typed into a text cell becomes text."""

    name: str
    keeps_kinds = True

    @abstractmethod
    def fill(self, jobs: Sequence[Job]) -> list[bytes]:
        """Return the workbooks as saved, in the order of ``jobs``; one start of the program for all."""


class OpenpyxlEditor(Editor):
    """The library that scripts in organisations use most."""

    name = "openpyxl"

    def fill(self, jobs: Sequence[Job]) -> list[bytes]:
        """See ``Editor``."""
        return [_openpyxl(data, typings) for data, typings in jobs]


class NodeEditor(Editor):
    """SheetJS and exceljs: what web pages, phone apps and services that «edit Excel» are made with."""

    def __init__(self, name: str, zone: str = "Europe/Moscow") -> None:
        self.name = name
        self._zone = zone

    def fill(self, jobs: Sequence[Job]) -> list[bytes]:
        """See ``Editor``."""
        node = find_program("node", "Node.js")
        if not (HERE / "node_modules" / ".from-lock").exists():
            not_run("the spreadsheet libraries of Node.js are not installed (tests/editors/install.sh): not run")
        with tempfile.TemporaryDirectory(prefix="kabinet-node-") as name:
            folder = Path(name)
            orders = [
                {
                    "source": str(_written(folder / f"{number}-sent.xlsx", data)),
                    "target": str(folder / f"{number}.xlsx"),
                    "cells": [_order(typing) for typing in typings],
                }
                for number, (data, typings) in enumerate(jobs)
            ]
            listed = folder / "jobs.json"
            listed.write_text(json.dumps(orders), encoding="utf-8")
            _run([node, str(HERE / "fill.mjs"), self.name, str(listed)], {"TZ": self._zone})
            return [(folder / f"{number}.xlsx").read_bytes() for number in range(len(jobs))]


class LibreOfficeEditor(Editor):
    """LibreOffice without a window and with Russian habits: a Basic macro of its own profile types and saves.

    МойОфис and Р7 are other programs; they are not met here. ``saved_as`` is what follows the address in the order to
    save: the name of a filter, and a password after it; nothing is .xlsx.
    """

    name = "LibreOffice"
    keeps_kinds = False

    def __init__(self, *saved_as: str) -> None:
        self._saved_as = saved_as

    def fill(self, jobs: Sequence[Job]) -> list[bytes]:
        """See ``Editor``."""
        program = find_program("soffice", "LibreOffice")
        with tempfile.TemporaryDirectory(prefix="kabinet-office-") as name:
            folder = Path(name)
            _make_profile(folder / "profile")
            lines: list[str] = []
            for number, (data, typings) in enumerate(jobs):
                lines.append(f"open\t{_written(folder / f'{number}-sent.xlsx', data).as_uri()}")
                lines += [f"type\t{item.sheet}\t{address(item.row, item.column)}\t{_keys(item)}" for item in typings]
                lines.append("\t".join(["save", (folder / f"{number}.xlsx").as_uri(), *self._saved_as]))
            listed = folder / "jobs.txt"
            listed.write_text("\n".join([*lines, "end", ""]), encoding="utf-8")
            _run(
                [
                    program,
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    "--headless",
                    "--norestore",
                    "--nologo",
                    f'macro:///Standard.Kabinet.Fill("{listed.as_uri()}")',
                ],
                {"HOME": str(folder)},
            )
            log = folder / "jobs.txt.log"
            told = log.read_text(encoding="utf-8").strip() if log.exists() else "the macro did not run"
            assert told == "done", told
            return [(folder / f"{number}.xlsx").read_bytes() for number in range(len(jobs))]


def _openpyxl(data: bytes, typings: Sequence[Typing]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    for item in typings:
        book[item.sheet].cell(item.row, item.column).value = _as_chosen(item.value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _order(typing: Typing) -> dict[str, Any]:
    value = _as_chosen(typing.value)
    kind = {str: "text", int: "number", float: "number", date: "date"}.get(type(value), "text")
    written = value.isoformat() if isinstance(value, date) else value
    return {"sheet": typing.sheet, "cell": address(typing.row, typing.column), "kind": kind, "value": written}


def _as_chosen(value: Any) -> Any:
    """«Да» and «нет» are chosen from the drop-down."""
    return value_text(value) if isinstance(value, bool) else value


def _keys(typing: Typing) -> str:
    """What is typed on a Russian keyboard: «15.09.2021», «0,5», «да»."""
    return value_text(typing.value)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _run(command: Sequence[str], more: dict[str, str]) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_SECONDS, env=os.environ | more, cwd=HERE, check=False
    )
    assert done.returncode == 0, f"{Path(command[0]).name}: {done.stderr[-2_000:]}"


_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LIBRARIES = (
    '<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">'
    '<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink">'
    '<library:library library:name="Standard" library:link="false"/></library:libraries>'
)
_LIBRARY = (
    '<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">'
    '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard"'
    ' library:readonly="false" library:passwordprotected="false">{}</library:library>'
)
_MODULE = (
    '<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">'
    '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Kabinet"'
    ' script:language="StarBasic">{}</script:module>'
)
_SETTINGS = (
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">'
    '<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>ru-RU</value></prop></item>'
    '<item oor:path="/org.openoffice.Setup/Office">'
    '<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>'
)


def _make_profile(profile: Path) -> None:
    """A profile of a user whose formats are Russian, with the macro in its standard library.

    It says that it is set up already: otherwise the first start puts LibreOffice's own empty library over ours.
    """
    macro = (HERE / "office.bas").read_text(encoding="utf-8")
    parts = {
        "basic/script.xlc": _LIBRARIES,
        "basic/dialog.xlc": _LIBRARIES,
        "basic/Standard/script.xlb": _LIBRARY.format('<library:element library:name="Kabinet"/>'),
        "basic/Standard/dialog.xlb": _LIBRARY.format(""),
        "basic/Standard/Kabinet.xba": _MODULE.format(escape(macro)),
        "registrymodifications.xcu": _SETTINGS,
    }
    for name, content in parts.items():
        path = profile / "user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_HEAD + content, encoding="utf-8")
