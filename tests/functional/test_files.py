"""The file storage by mail: lists, files on request, archives in parts, and what is on record of them (S6, S7)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.model import Issued, IssueHow
from pipeline.steps import publish
from pipeline.steps.letters.rendering import render
from pipeline.store import issued, letters
from tests.factories.limits import limited
from tests.functional import robots
from tests.functional.post import Post, make_post
from tests.functional.storages import LIBRARY, address_of, content_of, files_in, library, name_of
from tests.functional.world import text_of

SCHOOL = "spo240065"
COORDINATOR = "spo_coord_24"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """A post office where a library of twelve files is published."""
    return _published(make_post(tmp_path))


def _published(post: Post, count: int = 12, size: int = 3_000) -> Post:
    from pipeline import sources
    from pipeline.steps import roster

    report = sources.roster(post.settings.home / "publications" / "roster.xlsx")
    kept = tuple(login for login in report.logins if login.code in (SCHOOL, COORDINATOR))
    with post.context() as context:
        roster.run(context, replace(report, logins=kept), post.now)
        publish.run(context, library(post.now, count, size), post.now)
    post.run("deliver")
    return post


def ask(post: Post, words: str, code: str = SCHOOL, *, reply: bool = True, body: str = "") -> list[EmailMessage]:
    """``code`` writes ``words`` as the subject; return what came back."""
    address = address_of(post, code)
    before = len(post.received(address))
    letter = post.received(address)[0]
    if not reply:
        letter = EmailMessage()
        letter["Reply-To"], letter["Message-ID"] = post.settings.address, "<none@school.test>"
        letter["Subject"] = "x"
    post.write(address, letter, body, subject=words)
    post.exchange()
    return post.received(address)[before:]


def history(post: Post, code: str = SCHOOL) -> list[Issued]:
    with post.context() as context, context.store.reading() as session:
        return issued.of_login(session, LIBRARY, code)


def test_s6_the_letter_lists_files_and_the_attached_one_is_sent_not_downloaded(post: Post) -> None:
    letter = post.received(address_of(post, SCHOOL))[0]
    assert list(files_in(letter)) == [name_of(2)]
    text = text_of(letter)
    assert "отправлен с этим письмом" in text
    assert "Еще не скачивался" in text
    assert "получить: ответьте ФАЙЛ 1" in text
    (listed,) = ask(post, "ФАЙЛЫ")
    second = text_of(listed).split("2. Методические рекомендации 2")[1].split("3. ")[0]
    assert "отправлен с письмом 30 августа 2021 года, 21:41 мск" in second
    assert "скачан" not in second
    (attached,) = history(post)
    assert (attached.number, attached.how) == (2, IssueHow.ATTACHED)
    assert attached.taken_at is not None
    assert attached.taken_at - post.now < timedelta(minutes=1)


def test_s6_a_file_is_downloaded_when_our_server_took_the_answer(post: Post) -> None:
    (answer,) = ask(post, "Файл №1, пожалуйста")
    assert files_in(answer) == {name_of(1): content_of(1)}
    assert str(answer["Subject"]).startswith("Приложен файл 1: Библиотека документов [spo240065-")
    post.later(timedelta(hours=1))
    (listed,) = ask(post, "файлы приказ")
    assert "скачан 30 августа 2021 года, 21:41 мск" in text_of(listed)


def test_s6_a_request_is_on_record_while_its_letter_waits_and_counts_no_more_when_it_comes_back(post: Post) -> None:
    address = address_of(post, SCHOOL)
    post.write(address, post.received(address)[0], "", subject="ФАЙЛ 1")
    post.run("collect", "check")
    asked = [one for one in history(post) if one.how is IssueHow.REQUESTED]
    assert [(one.number, one.taken_at, one.waiting) for one in asked] == [(1, None, True)]
    post.run("deliver")
    assert history(post)[-1].taken_at is not None
    post.later(timedelta(minutes=5))
    robots.report(post, robots.sent_to(post, address))
    post.exchange()
    assert [(one.taken_at, one.returned) for one in history(post) if one.number == 1] == [(None, True)]
    (listed,) = ask(post, "ФАЙЛЫ приказ")
    assert "скачан " not in text_of(listed)


@pytest.mark.parametrize("words", ["файл 1 и 5", "Файлы 1,5", "файл №1, №5", "ФАЙЛ 1 5", "скачать файлы 1 и 5"])
def test_several_files_come_in_one_letter(post: Post, words: str) -> None:
    (answer,) = ask(post, words)
    assert files_in(answer) == {name_of(1): content_of(1), name_of(5): content_of(5)}


def test_s6_many_files_come_as_an_archive_with_readable_names(post: Post) -> None:
    (answer,) = ask(post, "СКАЧАТЬ ВСЁ")
    ((name, content),) = files_in(answer).items()
    assert name == "Скачать всё.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert sorted(opened.namelist()) == sorted(
            f"{'Документы' if number <= 6 else 'Материалы'}/{name_of(number)}" for number in range(1, 13) if number != 4
        )
        assert opened.read(f"Материалы/{name_of(12)}") == content_of(12)
    assert "будет доступен для скачивания с 13 сентября 2021 года" in text_of(answer)
    assert {one.number for one in history(post) if one.how is IssueHow.REQUESTED} == set(range(1, 13)) - {4}
    (part,) = ask(post, "файлы 5-11")
    ((name, content),) = files_in(part).items()
    assert name == "Файлы 5-11.zip"
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 7


def test_a_large_storage_comes_in_parts_under_the_size_of_a_letter(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    post.limits = limited(post.limits, sending={"largest_letter": 500_000})
    _published(post, 12, 50_000)
    parts = ask(post, "скачать все")
    names: list[str] = []
    for count, part in enumerate(parts, 1):
        ((name, content),) = files_in(part).items()
        assert name == f"Скачать всё, часть {count} из {len(parts)}.zip"
        assert str(part["Subject"]).startswith(f"Часть {count} из {len(parts)}, ")
        names += zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(parts) > 3
    assert len(names) == len(set(names)) == 11
    assert max(len(sent.content) for sent in post.mail.sent) < 500_000
    assert {one.number for one in history(post) if one.taken_at} == {*range(1, 13)} - {4}


def test_parts_beyond_the_number_at_once_are_told_how_to_ask_for(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    post.limits = limited(post.limits, sending={"largest_letter": 500_000}, showing={"parts_at_once": 2})
    _published(post, 12, 50_000)
    parts = ask(post, "СКАЧАТЬ ВСЁ")
    assert len(parts) == 2
    (rest,) = {line.partition("ответьте ")[2] for line in text_of(parts[-1]).splitlines() if "Получить: " in line}
    assert rest.startswith("ФАЙЛ ")
    ask(post, rest)
    ask(post, "ФАЙЛ 12")
    assert {one.number for one in history(post) if one.taken_at} >= {1, 2, 3, 5, 6, 7, 8, 12}


def test_m17_parts_stop_at_what_may_still_be_answered_today(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    post.limits = limited(post.limits, sending={"largest_letter": 500_000}, answering={"per_address": 3})
    _published(post, 12, 50_000)
    parts = ask(post, "СКАЧАТЬ ВСЁ")
    assert [len(files_in(part)) for part in parts] == [1, 1, 1]
    assert all("часть" in name and "из 3" in name for part in parts for name in files_in(part))
    assert "Не отправлено: " in text_of(parts[0])


def test_a_file_that_no_letter_can_carry_is_answered_with_what_to_do(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    post.limits = limited(post.limits, sending={"largest_letter": 330_000})
    _published(post, 5, 40_000)
    with post.context() as context:
        said, _ = publish.plan(context, library(post.now, 5, 40_000), post.now)
    assert f"эти файлы больше письма, по почте их никто не получит: {name_of(1)}, " in "\n".join(said.remarks)
    (answer,) = ask(post, "ФАЙЛ 1")
    assert files_in(answer) == {}
    assert f"не помещается в письмо, 39 КБ: напишите на {post.settings.support}" in text_of(answer)
    assert [one.how for one in history(post)] == [IssueHow.ATTACHED]


def test_s6_not_before_its_time(post: Post) -> None:
    (answer,) = ask(post, "ФАЙЛ 4")
    assert str(answer["Subject"]).startswith("Еще не доступен, с 13.09.2021 21:41 мск: файл 4, Библиотека")
    assert files_in(answer) == {}
    post.later(timedelta(days=15))
    (answer,) = ask(post, "ФАЙЛ 4")
    assert files_in(answer) == {name_of(4): content_of(4)}


def test_s7_a_coordinator_sees_the_organisations_file_and_is_refused_with_the_reason(post: Post) -> None:
    letter = post.received(address_of(post, COORDINATOR))[0]
    assert "только для образовательных организаций: координатору не выдается" in text_of(letter)
    (answer,) = ask(post, "ФАЙЛ 3", COORDINATOR)
    assert files_in(answer) == {}
    assert "этот файл только для образовательных организаций" in text_of(answer)
    (packed,) = ask(post, "СКАЧАТЬ ВСЁ", COORDINATOR)
    ((_, content),) = files_in(packed).items()
    assert not any("№3 " in name for name in zipfile.ZipFile(io.BytesIO(content)).namelist())
    assert 3 not in {one.number for one in history(post, COORDINATOR)}
    (own,) = ask(post, "ФАЙЛ 3")
    assert files_in(own) == {name_of(3): content_of(3)}


def test_s7_the_attached_files_of_organisations_are_not_on_record_for_a_coordinator(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    loaded = library(post.now, 4)
    files = loaded.publication.storages[0].files
    locked = (files[0], replace(files[1], organisations_only=True))
    storages = (replace(loaded.publication.storages[0], files=locked), loaded.publication.storages[1])
    with post.context() as context:
        from pipeline import sources
        from pipeline.steps import roster

        report = sources.roster(post.settings.home / "publications" / "roster.xlsx")
        roster.run(context, report, post.now)
        publish.run(context, replace(loaded, publication=replace(loaded.publication, storages=storages)), post.now)
    assert [one.number for one in history(post)] == [2]
    assert history(post, COORDINATOR) == []


def test_an_unknown_number_is_answered_with_the_list(post: Post) -> None:
    (answer,) = ask(post, "файл 99")
    assert str(answer["Subject"]).startswith("Файла с таким номером нет: 99: Библиотека")
    assert "получить: ответьте ФАЙЛ 12" in text_of(answer)
    (both,) = ask(post, "файл 1, 99")
    assert list(files_in(both)) == [name_of(1)]
    assert "Нет в этой публикации: 99" in text_of(both)


def test_s6_a_long_list_has_pages(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    post.limits = limited(post.limits, showing={"files_on_page": 5})
    _published(post)
    (first,) = ask(post, "ФАЙЛЫ")
    assert "Страница 1 из 3. Дальше: ответьте ФАЙЛЫ страница 2" in text_of(first)
    (second,) = ask(post, "Файлы, страница 2")
    assert "\n6. " in text_of(second)
    assert "\n5. " not in text_of(second)
    (found,) = ask(post, "Файлы план стр. 1")
    assert "По слову «план»: 2 файла" in text_of(found)


def test_files_are_given_to_registered_addresses_only(post: Post) -> None:
    letter = post.received(address_of(post, SCHOOL))[0]
    post.write("stranger@elsewhere.test", letter, "", subject="СКАЧАТЬ ВСЁ")
    post.exchange()
    (answer,) = post.received("stranger@elsewhere.test")
    assert files_in(answer) == {}
    assert "Библиотека" not in text_of(answer)
    assert [one.how for one in history(post)] == [IssueHow.ATTACHED]


def test_the_row_of_a_letter_is_enough_to_make_the_same_archive(post: Post) -> None:
    ask(post, "СКАЧАТЬ ВСЁ")
    sent = post.mail.sent[-1].content
    with post.context() as context, context.store.reading() as session:
        row = next(found for found in letters.listed(session) if found.kind == "files_zip")
        assert render(context, session, row) == sent


def test_which_publication_a_file_is_of_is_asked_when_nothing_says_it(post: Post) -> None:
    (alone,) = ask(post, "ФАЙЛ 1", reply=False)
    assert list(files_in(alone)) == [name_of(1)]  # the only publication with files
    with post.context() as context:
        publish.run(context, library(post.now, 4, code="second"), post.now)
    post.run("deliver")
    (asked,) = ask(post, "ФАЙЛ 1", reply=False)
    assert str(asked["Subject"]) == "Уточните, о какой публикации речь: «ФАЙЛ 1»"
    lines = [line.partition("ответьте ")[2] for line in text_of(asked).splitlines() if "выбрать: " in line]
    assert len(lines) == 2
    (given,) = ask(post, lines[0], reply=False)
    assert list(files_in(given)) == [name_of(1)]
    (listed,) = ask(post, "файлы из публикации 1", reply=False)
    assert "В хранилище 12 файлов" in text_of(listed)


def test_a_corrected_edition_with_other_bytes_was_not_downloaded_yet(post: Post) -> None:
    ask(post, "ФАЙЛ 1")
    mended = library(post.now, 12, 4_000)
    with post.context() as context:
        publish.run(context, replace(mended, publication=replace(mended.publication, edition=2)), post.now)
    post.run("deliver")
    (listed,) = ask(post, "ФАЙЛЫ приказ")
    assert "Еще не скачивался" in text_of(listed).split("7. ")[0]
    assert "скачан " not in text_of(listed)


def test_the_command_line_tells_who_was_issued_what(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(post, "ФАЙЛ 1")
    monkeypatch.setenv("KABINET_STATE", str(post.settings.state))
    monkeypatch.setenv("KABINET_OUTBOX", str(post.settings.outbox))
    done = CliRunner().invoke(app, ["files", LIBRARY, "--login", SCHOOL, "--json"])
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [(line["number"], line["how"], line["name"]) for line in lines] == [
        (2, "attached", name_of(2)),
        (1, "requested", name_of(1)),
    ]
    assert all(line["taken_at"] and not line["returned"] for line in lines)
    plain = CliRunner().invoke(app, ["files", LIBRARY, "--region", "24"]).stdout
    assert f"  скачан 30.08.2021 21:41       {name_of(1)}" in plain
    assert f"  отправлен 30.08.2021 21:41    {name_of(2)}" in plain
    assert CliRunner().invoke(app, ["files", "nothing"]).exit_code != 0
