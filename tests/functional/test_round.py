"""The whole round: publish, deliver, organisations answer from their own mailboxes, collect, check, answer, digest.

Once against real Postfix and Dovecot with SQLite, once with PostgreSQL. The people are those of the demonstration.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.embedded import acting
from pipeline.embedded.organisations import FAULTY_ROWS, GOOD_ROWS
from pipeline.model import Counts
from tests.functional.world import World, letter, make_world, opened, text_of, until, workbooks_of
from tests.systems.dovecot import Dovecot
from tests.systems.postfix import Postfix
from tests.systems.programs import find_program

pytestmark = [pytest.mark.system("dovecot"), pytest.mark.system("postfix")]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system("postgresql"))])
def world(request: pytest.FixtureRequest, tmp_path: Path, postfix: Postfix) -> World:
    database = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    exchange = f"exchange.{request.param}@kabinet.test"
    return make_world(tmp_path, postfix.settings(), postfix.dovecot.settings(exchange), database)


def _published_and_delivered(world: World, dovecot: Dovecot) -> dict[str, int]:
    """Publish, deliver and wait for the letters; return how many lay in each mailbox before, of other tests."""
    before = {code: len(dovecot.messages(address)) for code, address in _shipped_addresses().items()}
    world.begin()
    assert world.run("deliver")["deliver"].counts["sent"] == 14
    mail = _mailboxes(world, dovecot)
    until(lambda: all(len(mail(code)) == before[code] + 1 for code in before))
    return before


def _mailboxes(world: World, dovecot: Dovecot) -> Callable[[str], list[bytes]]:
    addresses = world.addresses()
    return lambda code: dovecot.messages(addresses[code])


def test_s9_s11_s12_s13_whole_round_ends_on_the_figures_of_the_seed(
    world: World, postfix: Postfix, tmp_path: Path
) -> None:
    dovecot = postfix.dovecot
    before = _published_and_delivered(world, dovecot)
    mail = _mailboxes(world, dovecot)

    acting.first_answers(world.servers, world.addresses())
    until(lambda: len(dovecot.messages(world.settings.address)) == 4)
    done = world.exchange()
    assert done["collect"].counts["recorded"] == 4
    assert done["check"].counts["receipts"] == 4
    assert world.counts() == Counts(not_started=9, in_progress=3, submitted=1)

    until(lambda: len(mail(acting.FAULTY)) == before[acting.FAULTY] + 2)
    answer = letter(mail(acting.FAULTY)[-1])
    _assert_every_fault_is_named(text_of(answer))
    _assert_own_data_came_back_coloured(workbooks_of(answer))

    acting.second_answers(world.servers, world.addresses())
    until(lambda: len(dovecot.messages(world.settings.address)) == 1)
    world.exchange()
    assert world.counts() == Counts(not_started=9, in_progress=3, submitted=1)

    world.run("digest", "deliver")
    until(lambda: len(mail("spo_coord_24")) == before["spo_coord_24"] + 2)
    digest = letter(mail("spo_coord_24")[-1])
    body = text_of(digest)
    for figure in ("13", "9", "3", "1"):
        assert figure in body
    export = next(content for name, content in workbooks_of(digest).items() if "Экспорт" in name)
    _assert_typed_values(opened(export)[acting.COLLECTION_SHEET].iter_rows(values_only=True))
    _assert_libreoffice_opens(export, tmp_path)


def test_m3_m20_second_run_finds_nothing_to_do(world: World, postfix: Postfix) -> None:
    _published_and_delivered(world, postfix.dovecot)
    acting.first_answers(world.servers, world.addresses())
    until(lambda: len(postfix.dovecot.messages(world.settings.address)) == 4)
    world.exchange()
    again = world.exchange()
    assert again["collect"].counts["recorded"] == 0
    assert again["check"].counts == {}
    assert again["deliver"].counts.get("sent", 0) == 0
    assert postfix.dovecot.messages(world.settings.address) == []


def _shipped_addresses() -> dict[str, str]:
    from pipeline import sources, wiring

    report = sources.roster(wiring.load_settings().home / "publications" / "roster.xlsx")
    return {login.code: login.addresses[0] for login in report.logins}


def _assert_every_fault_is_named(body: str) -> None:
    """A text in a number cell and a value out of range in the same column are both named, with cell and value."""
    for value in ("двадцать", "250", "Алхимия", "32.09.2021", "25.11.2021"):
        assert value in body, value
    assert acting.COLLECTION_SHEET in body


def _assert_own_data_came_back_coloured(books: dict[str, bytes]) -> None:
    (content,) = books.values()
    sheet = opened(content)[acting.COLLECTION_SHEET]
    cells = {str(cell.value): cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    plain = cells["Математика"].fill.fgColor.rgb
    for value in ("двадцать", "250", "Алхимия", "32.09.2021"):
        assert cells[value].fill.fgColor.rgb != plain, value
        assert cells[value].comment is not None, value
    assert str(FAULTY_ROWS[0][0]) in cells


def _assert_typed_values(rows: object) -> None:
    found = [tuple(_plain(value) for value in row) for row in rows if row[0] == acting.GOOD]  # type: ignore[attr-defined]
    typed = [tuple(_plain(value) for value in row) for row in GOOD_ROWS]
    assert [row[-len(typed[0]) :] for row in found] == typed


def _plain(value: object) -> object:
    date = getattr(value, "date", None)
    return date() if callable(date) else value


def _assert_libreoffice_opens(content: bytes, tmp_path: Path) -> None:
    program = find_program("soffice", "LibreOffice")
    source = tmp_path / "export.xlsx"
    source.write_bytes(content)
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
            "--outdir",
            str(tmp_path),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    converted = "\n".join(path.read_text(encoding="utf-8") for path in sorted(tmp_path.glob("export*.csv")))
    assert "Обществознание" in converted
