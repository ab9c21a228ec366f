"""The page's publications: dropped in as a folder, files or a zip, checked whole, put where publishing finds them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.cabinet import handed
from pipeline.files.zips import Limits
from pipeline.settings import PROJECT
from tests.factories.folders import FORM
from tests.functional.browsing import Browser, browser, read

CODE = "hot-meals"
HEAD = """---
section: Питание
title: Горячее питание
published_at: 2021-08-30 12:00
collection:
  opens_at: 2021-08-30 12:00
  closes_at: 2021-09-07 18:00
storages:
  - title: Материалы
    files:
      - name: Памятка.txt
---
Заполните форму до {{ closes_on }}.
"""
FOLDER = {"publication.md": HEAD.encode(), "form.yaml": FORM.encode(), "files/Памятка.txt": "Памятка".encode()}


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path) as found:
        yield found


def drop(page: Browser, files: Mapping[str, bytes], code: str = "", top: str = f"{CODE}/") -> tuple[str, str]:
    """Drop a folder in as browsers do, with its name before each path; return what is read and the address."""
    given = [("folder", (f"{top}{path}", data)) for path, data in files.items()]
    shown = page.send("/publications", files=given, code=code)
    return read(shown), shown.url.path


def packed(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return made.getvalue()


def drop_zip(page: Browser, data: bytes, code: str = "", name: str = "hot-meals.zip") -> tuple[str, str]:
    shown = page.send("/publications", files=[("zip", (name, data))], code=code)
    return read(shown), shown.url.path


def codes(page: Browser) -> list[str]:
    return sources.publication_codes(page.post.settings)


def test_a_folder_is_shown_before_it_is_kept_and_then_seen_as_letters(page: Browser) -> None:
    said, path = drop(page, FOLDER)
    assert "Ошибок нет" in said
    assert "Горячее питание" in said
    assert "files/Памятка.txt" in said
    assert codes(page) == []
    kept = page.send(path)
    assert kept.url.path == f"/publications/{CODE}"
    assert "Письмо организации" in read(kept)
    assert codes(page) == [CODE]
    written = page.home / "publications" / CODE
    assert {file.relative_to(written).as_posix(): file.read_bytes() for file in written.rglob("*.*")} == FOLDER
    assert page.told == ["changed"]


@pytest.mark.parametrize("top", ["", "hot-meals/", "__MACOSX/"])
def test_a_zip_with_and_without_a_folder_around_is_the_same(page: Browser, top: str) -> None:
    files = {f"{top}{path}" if top != "__MACOSX/" else path: data for path, data in FOLDER.items()}
    if top == "__MACOSX/":
        files["__MACOSX/._publication.md"] = b"rubbish"
    said, path = drop_zip(page, packed(files, compression=zipfile.ZIP_DEFLATED))
    assert "Ошибок нет" in said
    page.send(path)
    assert codes(page) == [CODE]


def test_names_of_a_russian_windows_archiver_are_read(page: Browser) -> None:
    data = packed({path: data for path, data in FOLDER.items() if path != "files/Памятка.txt"})
    wanted = "files/Памятка.txt".encode("cp866")
    assert len(wanted) == 17
    with zipfile.ZipFile(whole := io.BytesIO(data), "a") as archive:
        archive.writestr("files/PAMYATKA.12", "Памятка")
    raw = whole.getvalue().replace(b"files/PAMYATKA.12", wanted)
    assert "Ошибок нет" in drop_zip(page, raw)[0]


def test_files_without_folders_are_put_where_they_belong(page: Browser) -> None:
    flat = {path.rpartition("/")[2]: data for path, data in FOLDER.items()}
    given = [("zip", (name, data)) for name, data in flat.items()]
    shown = page.send("/publications", files=given, code=CODE)
    assert "Ошибок нет" in read(shown)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"publication.md": None}, "publication.md"),
        ({"form.yaml": None}, "form.yaml"),
        ({"publication.md": HEAD.replace("section:", "sektion:").encode()}, "section"),
        ({"publication.md": HEAD.replace("2021-09-07 18:00", "завтра").encode()}, "строка 7"),
        ({"form.yaml": FORM.replace("type: int", "type: integer").encode()}, "form.yaml"),
        ({"form.yaml": b"\xff\xfe\x00"}, "form.yaml"),
        ({"files/Лишний.txt": b"x"}, "Лишний.txt"),
        ({"files/Памятка.txt": None}, "Памятка.txt"),
        ({"Publication.MD": b"x"}, "Publication.MD"),
    ],
)
def test_each_mistake_is_named_and_nothing_is_kept(page: Browser, change: dict[str, bytes | None], said: str) -> None:
    files = {path: data for path, data in {**FOLDER, **change}.items() if data is not None}
    shown, path = drop(page, files)
    assert "Нужно исправить" in shown
    assert said in shown.partition("Нужно исправить")[2].partition("Что загружено")[0]
    page.http.post(path, data={"token": page.get("/publications").text.partition('name="token" value="')[2][:64]})
    assert codes(page) == []


def test_mistakes_of_the_text_and_of_the_form_are_named_together(page: Browser) -> None:
    form = FORM.replace("type: int", "type: integer").replace("range: [1, 99]", "rnage: [1, 99]")
    shown, _ = drop(
        page, {**FOLDER, "publication.md": HEAD.replace("opens_at", "opnes_at").encode(), "form.yaml": form.encode()}
    )
    assert "opens_at" in shown
    assert "integer" in shown
    assert "rnage" in shown


@pytest.mark.parametrize("code", ["../evil", "Горячее питание", "UPPER", "a/b", "."])
def test_a_wrong_code_is_a_mistake_and_leads_nowhere(page: Browser, code: str) -> None:
    shown, _ = drop(page, FOLDER, code=code)
    assert "Нужно исправить" in shown or "Не получилось" in shown
    assert codes(page) == []
    assert {path.name for path in page.home.iterdir()} == {"publications", "templates", "inbox_rules.yaml"}


BOMB = packed({"publication.md": bytes(60_000_000)}, compression=zipfile.ZIP_DEFLATED)
MANY = packed({f"files/{number}.txt": b"" for number in range(1500)})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(FOLDER)[:-40], "повреждён"),
        (b"PK\x03\x04", "повреждён"),
        (BOMB, "слишком большие"),
        (MANY, "слишком много файлов"),
        (packed({"../../evil.md": b"x", **FOLDER}), "за пределы папки"),
        (packed({"C:/evil.md": b"x", **FOLDER}), "за пределы папки"),
        (packed({"/etc/evil.md": b"x", "publication.md": HEAD.encode()}), "Нужно исправить"),
        (packed({}), "нет файлов"),
        (b"Rar!\x1a\x07\x00" + bytes(100), "Упакуйте папку в zip"),
        (b"just words", "это не публикация"),
    ],
)
def test_f13_a_bad_archive_is_one_sentence_and_writes_nothing(page: Browser, data: bytes, said: str) -> None:
    name = "x.rar" if data.startswith(b"Rar!") else "x.txt" if data.startswith(b"just") else "x.zip"
    shown, _ = drop_zip(page, data, CODE, name)
    assert said in shown
    assert codes(page) == []
    assert not list(page.home.rglob("evil.md"))


def test_a_publication_is_replaced_only_after_saying_so_and_the_old_one_stays(page: Browser) -> None:
    page.send(drop(page, FOLDER)[1])
    other = {**FOLDER, "publication.md": HEAD.replace("Горячее питание", "Завтраки").encode()}
    said, path = drop(page, other)
    assert "Заменить публикацию" in said
    refused = page.send(path)
    assert "уже есть" in read(refused).partition("Не получилось")[2]
    assert sources.publication(CODE, page.post.settings).publication.title == "Горячее питание"
    page.send(path, replace="yes")
    assert sources.publication(CODE, page.post.settings).publication.title == "Завтраки"
    (old,) = (page.home / "publications" / ".replaced").iterdir()
    assert (old / "publication.md").read_bytes() == FOLDER["publication.md"]
    assert codes(page) == [CODE]


def test_what_was_staged_long_ago_is_asked_for_again(page: Browser) -> None:
    said = read(page.get("/publications/staged/" + "0" * 32))
    assert "Загрузите её снова" in said
    assert page.get("/publications/staged/..%2f..%2ftag.key").status_code in (404, 422)


def test_every_shipped_publication_can_be_dropped_in(page: Browser) -> None:
    for code in ("vpr-spo-2021-schedule", "vpr-spo-2021-participants", "instruction", "technical-support"):
        folder = PROJECT / "publications" / code
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        said, path = drop(page, files, top=f"{code}/")
        assert "Ошибок нет" in said, said
        page.send(path)
    assert len(codes(page)) == 4


def test_f13_what_is_small_alone_and_large_together_is_not_unpacked(
    page: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed, "_LIMITS", Limits(total=10))
    assert "слишком большие" in drop_zip(page, packed(FOLDER))[0]
