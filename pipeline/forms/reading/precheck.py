"""How large a workbook may be, and its archive opened within these bounds before anything in it is believed."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.files import zips
from pipeline.files.zips import BadZip, Limits
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook

MAX_FILE = 10 * 1024 * 1024
MAX_ENTRIES = 200
MAX_MEMBER = 8 * 1024 * 1024
MAX_TOTAL = 24 * 1024 * 1024
_MAX_DIRECTORY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a workbook may be: bytes of the file, of one member and of all, then what its sheets hold together.

    ``area`` counts the cells of every row up to its last value, ``texts`` characters, ``strings`` shared strings.
    """

    file: int = MAX_FILE
    member: int = MAX_MEMBER
    total: int = MAX_TOTAL
    cells: int = 250_000
    area: int = 2_000_000
    texts: int = 8_000_000
    strings: int = 200_000


SENT = Bounds()
"""What somebody sent us."""
KEPT = Bounds(20_000_000, 96 * 1024 * 1024, 192 * 1024 * 1024, 1_000_000, 4_000_000, 40_000_000, 500_000)
"""A table that the administrator keeps: the list of all schools of the country."""


class Package:
    """The members of a workbook's archive by name; case does not count."""

    def __init__(self, package: zips.Package) -> None:
        self._package = package

    def __contains__(self, name: str) -> bool:
        return name in self._package

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the members in lower case, in the order of the directory."""
        return self._package.names

    def within(self, folder: str) -> Package:
        """Return the members of ``folder``, which ends with a slash, by their names inside it."""
        return Package(self._package.within(folder))

    def read(self, name: str) -> bytes:
        """Return the member's bytes; KeyError when there is none.

        Raises UnreadableWorkbook when it is not what the directory says.
        """
        try:
            return self._package.read(name)
        except BadZip as bad:
            raise UnreadableWorkbook(bad.reason) from bad


def open_package(data: bytes, bounds: Bounds = SENT) -> Package:
    """Check the archive in ``data`` and return it. Raises UnreadableWorkbook with the reason."""
    if len(data) > bounds.file:
        raise UnreadableWorkbook("too_large")
    try:
        return Package(zips.open_package(data, Limits(MAX_ENTRIES, _MAX_DIRECTORY, bounds.member, bounds.total)))
    except BadZip as bad:
        raise UnreadableWorkbook(bad.reason) from bad
