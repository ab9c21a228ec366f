"""The cabinet by mail: the summary, search, publications again, data, notifications, several commands at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline import sources
from pipeline.steps import publish, roster
from pipeline.store import receipts
from tests.functional import robots
from tests.functional.post import OPENS, Post, form_in, make_post, typed
from tests.functional.storages import address_of, library
from tests.functional.world import SCHEDULE, text_of, workbooks_of

SCHOOL, OTHER, COORDINATOR = "spo240065", "spo240066", "spo_coord_24"
Ask = Callable[..., list[EmailMessage]]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """The schedule, the instruction and a library are out; three logins only."""
    post = make_post(tmp_path)
    report = sources.roster(post.settings.home / "publications" / "roster.xlsx")
    kept = tuple(login for login in report.logins if login.code in (SCHOOL, OTHER, COORDINATOR))
    with post.context() as context:
        roster.run(context, replace(report, logins=kept), post.now)
        for code in (SCHEDULE, "instruction"):
            loaded = sources.publication(code, post.settings)
            moved = replace(loaded.publication, published_at=OPENS)
            if moved.collection:
                closes_at = OPENS + timedelta(days=8)
                moved = replace(moved, collection=replace(moved.collection, opens_at=OPENS, closes_at=closes_at))
            publish.run(context, replace(loaded, publication=moved), post.now)
        publish.run(context, library(post.now, 3), post.now)
    post.run("deliver")
    return post


def ask(post: Post, words: str, code: str = SCHOOL, *, to: str = "", body: str = "") -> list[EmailMessage]:
    """``code`` writes ``words``, in answer to the letter whose subject holds ``to``; return what came back."""
    address = address_of(post, code)
    before = len(post.received(address))
    letter = EmailMessage()
    letter["Reply-To"], letter["Message-ID"], letter["Subject"] = post.settings.address, "<none@school.test>", "x"
    if to:
        letter = next(found for found in post.received(address) if to in str(found["Subject"]))
    post.write(address, letter, body, subject=words or None)
    post.exchange()
    return post.received(address)[before:]


def answer(post: Post, words: str, code: str = SCHOOL, *, to: str = "", body: str = "") -> EmailMessage:
    """The one letter that came back."""
    (found,) = ask(post, words, code, to=to, body=body)
    return found


def test_s3_the_summary_has_sections_counters_and_the_list_with_weekdays(post: Post) -> None:
    summary = answer(post, "Сводка")
    assert str(summary["Subject"]) == "Новых публикаций: 3 из 3"
    text = text_of(summary).replace("\r\n", "\n")
    assert "ШНОР: новых 1, всего 1" in text
    assert "30 авг. 2021 (понедельник) · новая · ВПР СПО\nРасписание проведения ВПР СПО" in text
    assert "Сбор данных: открыт до 7 сентября 2021 года, 20:41 мск; Не приступило" in text
    assert "мы этого не знаем" in text


def test_s3_any_reaction_that_we_know_of_makes_a_publication_read(post: Post) -> None:
    address = address_of(post, SCHOOL)
    ask(post, "", to="Расписание", body="Добрый день! У нас нет компьютерного класса, что писать?")
    assert str(answer(post, "СВОДКА")["Subject"]) == "Новых публикаций: 2 из 3"
    ask(post, "ФАЙЛЫ", to="Библиотека")
    assert str(answer(post, "СВОДКА")["Subject"]) == "Новых публикаций: 1 из 3"
    instruction = next(sent for sent in post.mail.sent if sent.recipient == address and b"instruction" in sent.content)
    _read_receipt(post, address, instruction.content)
    assert str(answer(post, "СВОДКА")["Subject"]) == "Новых публикаций нет"
    assert str(answer(post, "СВОДКА", OTHER)["Subject"]) == "Новых публикаций: 3 из 3"


def _read_receipt(post: Post, address: str, ours: bytes) -> None:
    from tests.functional.world import letter

    message_id = letter(ours)["Message-ID"]
    content = (
        f"From: {address}\r\nTo: {post.settings.address}\r\nSubject: Read: x\r\nMessage-ID: <mdn@school.test>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary="=b="\r\n'
        "\r\n--=b=\r\nContent-Type: text/plain\r\n\r\nRead\r\n--=b=\r\n"
        "Content-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822;{address}\r\nOriginal-Message-ID: {message_id}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n--=b=--\r\n"
    )
    post.inbox.deliver(content.encode(), post.now)
    post.exchange()


def test_s3_search_finds_publications_and_files_by_any_form_of_a_word(post: Post) -> None:
    found = answer(post, "найти расписания")
    assert str(found["Subject"]) == "Найдена 1 публикация: «расписания»"
    assert "открыть: ответьте ПУБЛИКАЦИЯ " in text_of(found)
    files = text_of(answer(post, "НАЙТИ приказ"))
    assert "получить: ответьте ФАЙЛ 1 из публикации 3" in files
    nothing = answer(post, "поиск география")
    assert str(nothing["Subject"]) == "Ничего не найдено: «география»"


def test_s3_a_publication_comes_again_by_number_code_or_title_with_its_form(post: Post) -> None:
    first = post.received(address_of(post, SCHOOL))[0]
    for words in ("ПУБЛИКАЦИЯ 1", "публикация vpr-spo-2021-schedule", "Публикация «Расписание»"):
        again = answer(post, words)
        assert str(again["Subject"]) == str(first["Subject"])
        assert list(workbooks_of(again)) == list(workbooks_of(first))
    assert str(answer(post, "публикация география")["Subject"]).startswith("Ничего не найдено")
    assert answer(post, "", to="Библиотека", body="публикация")["Subject"] == answer(post, "публикация 3")["Subject"]


def test_a_publication_asked_for_again_knows_what_was_handed_in(post: Post) -> None:
    _hand_in(post)
    again = answer(post, "ПУБЛИКАЦИЯ 1")
    assert "Ваши данные уже приняты" in text_of(again)
    assert "данные, которые мы получили от вас последними" in text_of(again)


def test_s11a_a_coordinator_gets_the_coordinators_letter_again(post: Post) -> None:
    again = answer(post, "ПУБЛИКАЦИЯ 1", COORDINATOR)
    assert str(again["Subject"]).startswith("Сдано 0 из 2: Расписание")
    assert workbooks_of(again) == {} or "Форма" not in str(workbooks_of(again))


def test_several_commands_on_lines_of_their_own_are_all_answered(post: Post) -> None:
    found = ask(post, "", to="Библиотека", body="Здравствуйте!\n\nСводка\nфайл 1\n«Скачать всё», пожалуйста\n\nИванова")
    kinds = [str(message["Subject"]).split(":")[0] for message in found]
    assert kinds == ["Новых публикаций", "Приложен файл 1", "Приложены все файлы архивом"]
    with post.context() as context, context.store.reading() as session:
        assert str(receipts.listed(session, None, 1)[0].reason) == "command:СВОДКА,ФАЙЛ,СКАЧАТЬ ВСЁ"


def test_what_is_written_below_a_command_goes_on_as_a_question(post: Post) -> None:
    found = ask(post, "", to="Расписание", body="ФОРМА\n\nИ еще: что писать, если компьютерного класса нет?")
    assert [str(message["Subject"]).split(",")[0].split(":")[0] for message in found] == [
        "Ваша форма",
        "Вопрос передан в службу поддержки",
    ]
    assert len(post.received(post.settings.support)) == 1
    ask(
        post,
        "",
        to="Расписание",
        body="ФОРМА\n\nС уважением,\nИванова Мария Ивановна\nсекретарь, тел. 8 391 000 00 00?",
    )
    assert len(post.received(post.settings.support)) == 1


def test_a_command_that_only_coordinators_have_goes_on_beside_one_that_is_answered(post: Post) -> None:
    ask(post, "", to="Расписание", body="статус\nучастники")
    assert len(post.received(post.settings.support)) == 1


def _hand_in(post: Post, code: str = SCHOOL) -> None:
    address = address_of(post, code)
    letter = next(found for found in post.received(address) if workbooks_of(found))
    post.write(address, letter, "", typed(form_in(letter)))
    assert post.exchange_all()["accepted"] == 1


def test_s14_own_data_sheet_by_sheet(post: Post) -> None:
    empty = text_of(answer(post, "ДАННЫЕ"))
    assert "Ничего еще не сдано." in empty
    _hand_in(post)
    data = answer(post, "данные", to="Расписание")
    assert str(data["Subject"]).startswith("Ваши сданные данные: Расписание")
    text = text_of(data)
    assert "Лист «РАБОТЫ НА БЛАНКЕ»" in text
    assert "Предмет: Обществознание; Дата 1й курс: 15.09.2021" in text


def test_s14_a_coordinator_sees_an_organisation_of_the_own_region_and_of_no_other(post: Post) -> None:
    _hand_in(post)
    data = answer(post, "ДАННЫЕ SPO240065", COORDINATOR)
    assert str(data["Subject"]).startswith("Сданные данные, spo240065")
    assert "Обществознание" in text_of(data)
    for words in ("данные spo770001", "данные spo_coord_24"):
        assert "В вашем регионе нет организации" in text_of(answer(post, words, COORDINATOR))
    assert "слово ДАННЫЕ и логин" in text_of(answer(post, "ДАННЫЕ", COORDINATOR))


def test_s14_an_organisation_never_sees_another(post: Post) -> None:
    _hand_in(post)
    other = text_of(answer(post, "ДАННЫЕ spo240065", OTHER))
    assert "Обществознание" not in other


def test_s13_who_has_not_begun(post: Post) -> None:
    waiting = answer(post, "не приступили", COORDINATOR)
    assert str(waiting["Subject"]).startswith("Не приступило: 2 из 2: Расписание")
    _hand_in(post)
    text = text_of(answer(post, "Кто не приступил?", COORDINATOR))
    assert "spo240066" in text
    assert "spo240065  " not in text


def test_s15_reports_are_listed_and_sent_again_to_their_region_only(post: Post) -> None:
    _hand_in(post)
    ask(post, "ЭКСПОРТ", COORDINATOR, to="Расписание")
    listed = answer(post, "Уведомления", COORDINATOR)
    assert str(listed["Subject"]) == "Новых уведомлений: 1"
    assert "получить: ответьте ОТЧЕТ 1" in text_of(listed)
    post.later(timedelta(hours=1))
    assert str(answer(post, "уведомления", COORDINATOR)["Subject"]) == "Новых уведомлений нет"
    again = answer(post, "Отчёт №1", COORDINATOR)
    assert list(workbooks_of(again)) == ["Отчёт 1 Экспорт результатов.xlsx"]
    assert "Отчёта №7 у вас нет" in text_of(answer(post, "отчет 7", COORDINATOR))
    with post.context() as context, context.store.transaction() as session:
        from pipeline.model import ReportKind
        from pipeline.store import reports

        foreign = reports.create(session, ReportKind.EXPORT, SCHEDULE, "77", None, post.now)
    assert f"Отчёта №{foreign.number} у вас нет" in text_of(answer(post, f"отчет {foreign.number}", COORDINATOR))


def test_s15_an_organisation_is_told_its_last_letters(post: Post) -> None:
    _hand_in(post)
    listed = answer(post, "УВЕДОМЛЕНИЯ")
    assert str(listed["Subject"]) == "Новых уведомлений: 4"
    text = text_of(listed)
    assert "Принято" in text
    assert "Публикация" in text
    assert "отправлено" in text


def test_what_stands_beside_a_workbook_is_not_lost(post: Post) -> None:
    address = address_of(post, SCHOOL)
    letter = next(found for found in post.received(address) if workbooks_of(found))
    form = typed(form_in(letter))
    post.write(address, letter, "Добрый день! Направляем форму. Верно ли, что третий лист пуст?", form)
    done = post.exchange_all()
    assert (done["accepted"], done["question"]) == (1, 1)
    assert len(post.received(post.settings.support)) == 1
    post.write(address, letter, "Добрый день!\nНаправляем исправленную форму, спасибо.", form, subject="СТАТУС")
    done = post.exchange_all()
    assert (done["accepted"], done["command"]) == (1, 1)
    assert "question" not in done
    post.write(address, letter, "", form, subject="ФОРМА [spo240065-1]")
    assert "command" not in post.exchange_all()
    assert len(post.received(post.settings.support)) == 1


def test_help_lists_the_commands_and_a_command_in_html_only_mail_is_read(post: Post) -> None:
    address = address_of(post, SCHOOL)
    content = (
        f"From: {address}\r\nTo: {post.settings.address}\r\nSubject: x\r\nMessage-ID: <html@school.test>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<html><body><p>Добрый день!</p><div>&laquo;<b>Помощь</b>&raquo;</div>"
        "<blockquote><div>СКАЧАТЬ ВСЁ</div></blockquote></body></html>\r\n"
    )
    before = len(post.received(address))
    post.inbox.deliver(content.encode(), post.now)
    post.exchange()
    (found,) = post.received(address)[before:]
    assert str(found["Subject"]).startswith("Как пользоваться кабинетом по почте")
    assert "  ФАЙЛ 2 – " in text_of(found)


def test_a_bounced_answer_makes_no_publication_read(post: Post) -> None:
    robots.report(post, robots.sent_to(post, address_of(post, SCHOOL)))
    post.exchange()
    assert str(answer(post, "СВОДКА")["Subject"]) == "Новых публикаций: 3 из 3"
