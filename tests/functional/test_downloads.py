"""Which organisation downloaded which file: the numbered report on request and in the digest (S8)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.catalogue import MOSCOW
from pipeline.model import Login, Role, Summary
from pipeline.steps import digest, publish
from pipeline.store import roster
from tests.factories.folders import folder
from tests.functional import robots
from tests.functional.post import OPENS, Kabinet, Post, make_post
from tests.functional.storages import LIBRARY, files_in, library, name_of
from tests.functional.world import text_of

FIRST = Login("spo240065", "Лицей", Role.ORGANISATION, "24", ("one@school.test",))
SECOND = Login("spo240066", "Колледж", Role.ORGANISATION, "24", ("two@school.test", "deputy@school.test"))
FAR = Login("spo250001", "Школа", Role.ORGANISATION, "25", ("far@school.test",))
WATCHING = Login("spo_coord_24", "Регион", Role.COORDINATOR, "24", ("coord@region.test",))
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A post office with a library of five files out: 2 attached, 3 for organisations only, 4 in a fortnight."""
    made = make_post(tmp_path)
    with made.context() as context:
        with context.store.transaction() as session:
            roster.save_logins(session, [FIRST, SECOND, FAR, WATCHING], made.now)
        publish.run(context, library(made.now, 5), made.now)
    made.run("deliver")
    return made


def ask(post: Post, login: Login, words: str, *, reply: bool = True) -> EmailMessage:
    """``login`` answers the publication's letter with these words; return what comes back."""
    address = login.addresses[0]
    letter = post.received(address)[0]
    if not reply:
        letter = EmailMessage()
        letter["Reply-To"], letter["Message-ID"] = post.settings.address, "<none@school.test>"
        letter["Subject"] = "x"
    post.write(address, letter, "", subject=words)
    post.exchange_all()
    return post.last(address)


def report_in(message: EmailMessage, name: str) -> Rows:
    """The sheets of an attached report: titles and rows, headers first; instants to the minute, as they are shown."""
    book = load_workbook(io.BytesIO(files_in(message)[name]))
    return {sheet.title: [tuple(map(_shown, row)) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def _shown(value: object) -> object:
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value


def test_s8_a_coordinator_asks_who_downloaded_what_and_gets_a_numbered_report(post: Post) -> None:
    ask(post, FIRST, "ФАЙЛ 1")
    post.later(timedelta(hours=1))
    ask(post, FIRST, "ФАЙЛ 1 и 3")
    ask(post, FAR, "ФАЙЛ 5")
    answer = ask(post, WATCHING, "ОТЧЕТ СКАЧИВАНИЯ")
    assert str(answer["Subject"]).startswith("Файлы скачали 1 из 2 организаций: Библиотека документов")
    assert "отправлен: 0; скачали: 1" in text_of(answer)
    found = report_in(answer, "Отчёт 1 Скачивание файлов.xlsx")
    assert list(found) == ["Организации", "Файлы", "Скачивание"]
    last = post.now.astimezone(MOSCOW).replace(tzinfo=None)
    assert found["Организации"][1:] == [
        ("spo240065", "Лицей", "24", 2, 1, last),
        ("spo240066", "Колледж", "24", 0, 1, "Получены с публикацией"),
    ]
    assert [(row[0], *row[5:]) for row in found["Файлы"][1:]] == [
        (1, 0, 1, 1),
        (2, 2, 0, 2),
        (3, 0, 1, 1),
        (4, 0, 0, 2),
        (5, 0, 0, 2),  # another region's download is nobody's business here
    ]
    assert [(row[0], row[3], *row[6:]) for row in found["Скачивание"][1:]] == [
        ("spo240065", 1, last, 2),
        ("spo240065", 2, "Еще не скачивался", 0),
        ("spo240065", 3, last, 1),
        ("spo240066", 2, "Еще не скачивался", 0),
    ]


def test_s8_the_report_stays_among_the_notifications_and_comes_again_by_its_number(post: Post) -> None:
    first = files_in(ask(post, WATCHING, "отчёт о скачивании"))
    ask(post, FIRST, "ФАЙЛ 1")
    listed = text_of(ask(post, WATCHING, "УВЕДОМЛЕНИЯ"))
    assert "№1" in listed
    assert "Скачивание файлов" in listed
    again = files_in(ask(post, WATCHING, "ОТЧЕТ 1"))
    assert again == first
    assert list(files_in(ask(post, WATCHING, "ОТЧЕТ СКАЧИВАНИЯ"))) == ["Отчёт 2 Скачивание файлов.xlsx"]


def test_s8_what_came_back_was_not_downloaded(post: Post) -> None:
    ask(post, FIRST, "ФАЙЛ 1")
    post.later(timedelta(minutes=5))
    robots.report(post, robots.sent_to(post, FIRST.addresses[0]))
    post.exchange_all()
    answer = ask(post, WATCHING, "ОТЧЕТ СКАЧИВАНИЯ")
    assert str(answer["Subject"]).startswith("Файлы скачали 0 из 2 организаций")


def test_s8_which_publication_is_meant_is_asked_or_named(post: Post) -> None:
    with post.context() as context:
        publish.run(context, folder("more", post.now, files={"памятка.pdf": b"%PDF"}), post.now)
        publish.run(context, folder("words", post.now, title="Слова"), post.now)
        ours = folder("ours", post.now, title="Наше", audience="coordinators", files={"план.pdf": b"%PDF"})
        publish.run(context, ours, post.now)
    post.run("deliver")
    answer = ask(post, WATCHING, "ОТЧЕТ СКАЧИВАНИЯ", reply=False)
    assert "Библиотека документов" in text_of(answer)
    assert "Проба" in text_of(answer)
    named = ask(post, WATCHING, f"отчет скачивания из публикации {LIBRARY}", reply=False)
    assert "Библиотека документов" in str(named["Subject"])
    for code, title in (("words", "Слова"), ("ours", "Наше")):
        none = ask(post, WATCHING, f"отчет скачивания из публикации {code}", reply=False)
        assert str(none["Subject"]).startswith(f"Отчёта о скачивании нет: {title}")
        assert files_in(none) == {}


def test_s8_an_organisation_is_not_given_the_report(post: Post) -> None:
    answer = ask(post, FIRST, "ОТЧЕТ СКАЧИВАНИЯ")
    assert files_in(answer) == {}
    assert "скачали" not in text_of(answer)


def test_s8_the_digest_brings_the_report_where_there_are_files(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    with post.context() as context:
        with context.store.transaction() as session:
            roster.save_logins(session, [FIRST, SECOND, WATCHING], post.now)
        for code, files in (("with", {"памятка.pdf": b"%PDF"}), ("bare", None)):
            closes = OPENS + timedelta(days=7)
            publish.run(context, folder(code, OPENS, title=code, closes_at=closes, files=files), post.now)
    post.run("deliver")
    ask(post, SECOND, "ФАЙЛ 1 из публикации with")
    assert _digest(post).counts == {"letters": 2, "reports": 5}
    letters = {str(letter["Subject"]): letter for letter in post.received(WATCHING.addresses[0])[-2:]}
    bare, with_files = (letters[subject] for subject in sorted(letters, key=lambda subject: "with" in subject))
    number = next(name.split()[1] for name in files_in(with_files) if "Скачивание" in name)
    assert f"Скачивание файлов, отчёт №{number}: скачали 1 из 2 организаций." in text_of(with_files)
    assert len(files_in(with_files)) == 3
    assert len(files_in(bare)) == 2
    assert "Скачивание" not in text_of(bare)


def _digest(post: Post) -> Summary:
    with post.context() as context:
        done = digest.run(context, post.now)
    post.run("deliver")
    return done


def test_the_letter_names_files_up_to_a_number(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    with post.context() as context:
        with context.store.transaction() as session:
            roster.save_logins(session, [FIRST, WATCHING], post.now)
        publish.run(context, library(post.now, 45, 10), post.now)
    post.run("deliver")
    answer = ask(post, WATCHING, "ОТЧЕТ СКАЧИВАНИЯ")
    assert "И еще 5 файлов: в приложенном отчёте." in text_of(answer)
    rows = report_in(answer, "Отчёт 1 Скачивание файлов.xlsx")["Файлы"]
    assert [row[3] for row in rows[1:]] == [name_of(number) for number in range(1, 46)]


def test_s8_an_operator_gets_the_report_on_all_regions_as_a_file(post: Post, kabinet: Kabinet, tmp_path: Path) -> None:
    ask(post, FIRST, "ФАЙЛ 3")
    ask(post, FAR, "ФАЙЛ 5")
    path = tmp_path / "downloads.xlsx"
    done = kabinet("export", LIBRARY, "--report", "downloads", "-o", str(path))
    assert done.exit_code == 0, done.output
    book = load_workbook(path)
    assert [row[0] for row in book["Организации"].iter_rows(min_row=2, values_only=True)] == [
        "spo240065",
        "spo240066",
        "spo250001",
    ]
