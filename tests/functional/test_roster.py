"""The roster on the command line: imports with and without a dry run, departures, corrections, and the way out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from pipeline import sources
from pipeline.errors import UserError
from pipeline.model import Login
from pipeline.steps import roster
from pipeline.store import audit, letters
from tests.functional.post import Kabinet, Post, make_post
from tests.functional.published import published_post
from tests.functional.test_trust import WRITER, composed, send
from tests.functional.world import text_of

HEADER = ["Логин", "Пользователь", "Регион", "Адреса", "Роль"]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


def write_list(path: Path, logins: Sequence[Login], *more: Sequence[str]) -> str:
    """Write a list as an office would; return where it lies."""
    buffer = io.StringIO()
    rows = [[login.code, login.name, login.region, " ".join(login.addresses), ""] for login in logins]
    csv.writer(buffer, delimiter=";").writerows([HEADER, *rows, *more])
    path.write_text(buffer.getvalue(), encoding="utf-8")
    return str(path)


def one_object(done: Result) -> dict[str, Any]:
    (line,) = done.output.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_s1_a_dry_run_tells_every_change_and_every_bad_line_and_changes_nothing(
    post: Post, kabinet: Kabinet, tmp_path: Path
) -> None:
    before = post.logins()
    kept = [login for code, login in before.items() if code not in ("spo240065", "spo240066")]
    path = write_list(
        tmp_path / "list.csv",
        kept,
        ["SPO240065", "Лицей", "24", f"{WRITER} new@school.test", ""],
        ["spo240099", "Новая школа", "Красноярский край", "a@school.test", "организация"],
        ["spo24O065", "Школа", "24", "b@school.test", ""],
        ["spo240098", "", "24", "c@school.test", ""],
        ["spo240099", "Она же", "24", "d@school.test", ""],
        ["spo240097", "Школа", "97", "e@@school.test", ""],
    )
    done = kabinet("roster", "import", path, "--dry-run", "--json")
    assert done.exit_code == 1
    told = one_object(done)
    assert (told["dry_run"], told["added"], told["changed"], told["departed"], told["kept"]) == (True, 2, 1, 0, 1)
    lines = [remark.partition(":")[0] for remark in told["remarks"]]
    first = len(kept) + 4
    assert lines[:6] == [f"строка {first + shift}" for shift in (0, 1, 2, 3, 3, 3)]
    assert "никто не выведен" in told["remarks"][6]
    assert [(change["what"], change["login"]) for change in told["changes"]] == [
        ("added", "spo240097"),
        ("added", "spo240099"),
        ("changed", "SPO240065"),
    ]
    assert told["changes"][2]["fields"] == {
        "code": ["spo240065", "SPO240065"],
        "name": [before["spo240065"].name, "Лицей"],
        "addresses": [[WRITER], [WRITER, "new@school.test"]],
    }
    assert post.logins() == before
    shown = kabinet("roster", "import", path, "--dry-run").output
    for words in ("Проба: ничего не изменено", "добавится spo240099 «Новая школа»", "логин «spo240065» → «SPO240065»"):
        assert words in shown, words


def test_s1_a_list_without_faults_is_taken_with_its_departures_dated(
    post: Post, kabinet: Kabinet, tmp_path: Path
) -> None:
    before = post.logins()
    path = write_list(tmp_path / "list.csv", [login for code, login in before.items() if code != "spo240066"])
    rehearsed = one_object(kabinet("roster", "import", path, "--dry-run", "--json"))
    assert [(change["what"], change["login"]) for change in rehearsed["changes"]] == [("departed", "spo240066")]
    done = kabinet("roster", "import", path, "--json")
    assert done.exit_code == 0
    told = one_object(done)
    counts = {name: told[name] for name in ("added", "changed", "departed", "problems", "kept")}
    assert counts == {"added": 0, "changed": 0, "departed": 1, "problems": 0, "kept": 0}
    assert set(before) - set(post.logins()) == {"spo240066"}
    with post.context() as context, context.store.reading() as session:
        (deed,) = audit.listed(session, login="spo240066")
    assert (deed.what, deed.at) == ("login_departed", post.now)
    assert deed.who.startswith("cli")
    assert one_object(kabinet("roster", "import", path, "--json"))["departed"] == 0
    gone = post.participant("spo240066")
    assert (gone.departed_at, gone.login.addresses) == (post.now, ())
    listed = kabinet("participants", "vpr-spo-2021-schedule", "--json").output.splitlines()
    flags = {json.loads(line)["login"]: json.loads(line)["flags"] for line in listed}
    assert flags["spo240066"] == ["departed"]
    assert flags["spo240065"] == []


def test_s1_a_file_cut_short_takes_nobody_out_unless_it_is_said(post: Post, kabinet: Kabinet, tmp_path: Path) -> None:
    with post.context() as context:
        roster.run(context, sources.roster(post.settings.home / "publications" / "roster.xlsx"), post.now)
    before = post.logins()
    few = [login for code, login in before.items() if code in ("spo240065", "spo_coord_24")]
    path = write_list(tmp_path / "list.csv", few, ["spo240099", "Новая", "24", "a@school.test", ""])
    done = kabinet("roster", "import", path)
    assert done.exit_code == 1
    assert "--allow-departures" in done.output
    assert "12 логинов из 14" in done.output
    assert set(post.logins()) == {*before, "spo240099"}
    assert one_object(kabinet("roster", "import", path, "--dry-run", "--json", "--allow-departures"))["departed"] == 12
    assert set(post.logins()) == {*before, "spo240099"}
    assert kabinet("roster", "import", path, "--allow-departures").exit_code == 0
    assert set(post.logins()) == {"spo240065", "spo_coord_24", "spo240099"}


def test_s1_a_bad_line_keeps_everybody_even_when_departures_are_allowed(
    post: Post, kabinet: Kabinet, tmp_path: Path
) -> None:
    before = post.logins()
    path = write_list(tmp_path / "list.csv", [before["spo240065"]], ["spo24", "Школа", "24", "a@school.test", ""])
    done = kabinet("roster", "import", path, "--allow-departures", "--json")
    assert done.exit_code == 1
    assert (one_object(done)["departed"], one_object(done)["kept"]) == (0, len(before) - 1)
    assert post.logins() == before


def test_s1_regions_that_nobody_watches_are_told(post: Post, kabinet: Kabinet, tmp_path: Path) -> None:
    path = write_list(
        tmp_path / "list.csv", list(post.logins().values()), ["spo770001", "Школа", "", "a@school.test", ""]
    )
    done = kabinet("roster", "import", path)
    assert done.exit_code == 0
    assert "нет координатора: 77" in done.output


def test_s1_what_was_exported_is_imported_without_a_change(post: Post, kabinet: Kabinet, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    done = kabinet("roster", "export", str(path))
    assert f"{len(post.logins())} логинов" in done.output
    again = one_object(kabinet("roster", "import", str(path), "--json"))
    assert {name: again[name] for name in ("added", "changed", "departed", "problems", "kept")} == dict.fromkeys(
        ("added", "changed", "departed", "problems", "kept"), 0
    )


def test_s1_letters_that_wait_for_a_login_that_left_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post = make_post(tmp_path)
    monkeypatch.setattr(post, "run", lambda *_: {})  # published, and not delivered yet
    post.publish()
    monkeypatch.undo()
    left = post.logins()["spo240066"]
    path = write_list(tmp_path / "list.csv", [login for login in post.logins().values() if login != left])
    with post.context() as context:
        roster.run(context, sources.roster(Path(path)), post.now)
    post.run("deliver")
    assert post.received(left.addresses[0]) == []
    assert len(post.received(WRITER)) == 1
    with post.context() as context, context.store.reading() as session:
        ((letter, _),) = letters.found(session, address=left.addresses[0])
    assert letter.state.value == "withheld"


def test_s16_an_administrator_decides_and_the_file_that_does_not_know_it_is_told(post: Post, kabinet: Kabinet) -> None:
    new = "new@school.test"
    post.write(WRITER, post.last(WRITER), f"ПАСПОРТ\n\nАдрес: {new}\nТел.: не понятно\nНазвание: Центр «Канск»")
    post.exchange_all()
    lines = [json.loads(line) for line in kabinet("roster", "changes", "--json").output.splitlines()]
    assert [(line["field"], line["value"], line["requested_by"]) for line in lines] == [
        ("address", new, WRITER),
        ("other", "Тел.: не понятно", WRITER),
        ("name", "Центр «Канск»", WRITER),
    ]
    approved = kabinet("roster", "approve", str(lines[0]["id"]))
    assert "roster export" in approved.output
    assert kabinet("roster", "decline", str(lines[2]["id"]), "--reason", "по уставу иначе").exit_code == 0
    with pytest.raises(UserError) as caught:
        kabinet("roster", "approve", str(lines[2]["id"]))
    assert caught.value.code == "change.settled"
    post.run("deliver")
    told = [text_of(message) for message in post.received(WRITER)[-2:]]
    assert "добавлен" in told[0]
    assert "по уставу иначе" in told[1]
    assert "Этот адрес записан" in str(post.received(new)[0]["Subject"])
    assert post.logins()["spo240065"].addresses == (WRITER, new)
    assert [json.loads(line)["field"] for line in kabinet("roster", "changes", "--json").output.splitlines()] == [
        "other"
    ]
    with post.context() as context, context.store.reading() as session:
        deeds = audit.listed(session, login="spo240065")
    assert [deed.what for deed in deeds] == ["change_declined", "change_approved"]
    assert deeds[1].who.startswith("cli")
    assert f"addresses: {WRITER} -> {WRITER} {new}" in deeds[1].detail

    shipped = str(post.settings.home / "publications" / "roster.xlsx")
    rehearsed = kabinet("roster", "import", shipped, "--dry-run").output
    assert new in rehearsed
    assert "вернёт прежнее" in rehearsed
    done = kabinet("roster", "import", shipped).output
    assert "вернула прежнее" in done
    assert post.logins()["spo240065"].addresses == (WRITER,)
    assert new not in kabinet("roster", "import", shipped).output


def test_s16_the_only_address_is_never_taken_away(post: Post, kabinet: Kabinet) -> None:
    post.write(WRITER, post.last(WRITER), f"ПАСПОРТ удалить адрес {WRITER}")
    post.exchange_all()
    assert "сначала сообщите новый" in text_of(post.last(WRITER))
    assert kabinet("roster", "changes").output == ""


def test_s16_corrections_of_a_stranger_are_not_even_recorded(post: Post, kabinet: Kabinet) -> None:
    stranger = "stranger@elsewhere.test"
    send(post, composed(post, stranger, post.received(WRITER)[0], "ПАСПОРТ\nадрес: evil@evil.test", subject="x"))
    assert kabinet("roster", "changes").output == ""
