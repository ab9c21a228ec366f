"""Acts that follow a campaign: pages are true after a run that did something, one that did nothing, one that failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from flows import health
from pipeline.catalogue import format_instant
from pipeline.console.acts import Choice
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.model import Counts, ReceiptState, ReportState, Return
from pipeline.model.corrections import Change, ChangeState
from pipeline.steps import collect, end, export, extend
from pipeline.steps.extend import Asked
from pipeline.store import audit, changes, letters, participations, publications, receipts, reports, returns, roster
from tests.functional.console import WHO, Console, unescaped
from tests.functional.post import CLOSES, Post, form_in, make_post, typed
from tests.functional.published import DAY, HOUR, hand_in, published_post
from tests.functional.test_trust import STRANGER, held_return, last_receipt, receipt_of, send, written
from tests.functional.world import SCHEDULE

FIRST, SECOND, THIRD, FOURTH = (f"spo24{number}@school.test" for number in ("0065", "0066", "0067", "0072"))
NAME = "Расписание"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return published_post(tmp_path)


@pytest.fixture
def console(post: Post, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(post, monkeypatch)


def counted(post: Post, region: str | None = None) -> Counts:
    with post.context() as context, context.store.reading() as session:
        found = participations.counts(session, SCHEDULE)
    (counts,) = [item for name, item in found.items() if region in (None, name)]
    return counts


def four(counts: Counts) -> dict[str, int]:
    return {
        "Всего": counts.total,
        "Не приступило": counts.not_started,
        "В работе": counts.in_progress,
        "Сдано": counts.submitted,
    }


def brought(post: Post, number: int) -> list[Return]:
    with post.context() as context, context.store.reading() as session:
        return returns.of_receipt(session, number)


# -- held messages ----------------------------------------------------------------------------------------------------


def test_a_held_message_is_looked_at_and_released_from_the_list(post: Post, console: Console) -> None:
    received_at = post.now
    held_return(post)
    (label,) = console.choices(Choice.HELD)
    number = last_receipt(post).id
    assert label.startswith(f"№{number}, ")
    assert "@" not in label or "…@" in label

    with post.context() as context, context.store.reading() as session:
        asked = len(letters.of_receipt(session, number))
    seen = console.run("held", receipt=label, action="Посмотреть", who=WHO)
    assert not seen.failed
    assert receipt_of(post, number).state is ReceiptState.HELD
    about = dict(seen.table("Что это за письмо"))
    assert about["Почему ждало"] == "адрес отправителя записан за другой организацией"
    assert ".xlsx" in unescaped(about["Вложения"])
    assert "…@" in about["От кого"]

    done = console.run("held", receipt=label, action="Отпустить", who=WHO)
    found = brought(post, number)
    with post.context() as context, context.store.reading() as session:
        answers = letters.of_receipt(session, number)
        decided = receipts.decisions(session, number)
    assert done.line == f"Письмо №{number} отпущено как письмо spo240065: принято"
    assert done.figures == {"Форм в письме": len(found), "Из них принято": 1, "Писем в ответ": len(answers) - asked}
    assert done.counts == {"released": 1, "forms": len(found), "accepted": 1, "letters": len(answers) - asked}
    assert len(done.table("Наши ответы на письмо")) == len(answers)
    assert (decided[-1].event.value, decided[-1].who) == ("released", f"prefect:{WHO}")
    assert post.participant("spo240065").participation.handed_in_at == received_at
    assert console.choices(Choice.HELD) == []
    assert console.stages == ["Проверка письма"]


def test_a_message_that_names_nobody_is_released_as_another_login(post: Post, console: Console) -> None:
    send(post, written(STRANGER, "exchange@kabinet.test", "ФОРМА"))
    number = last_receipt(post).id
    said = console.mistake("held", receipt=str(number), action="Отпустить", who=WHO)
    assert said == f"По письму №{number} не понять, чьё оно: впишите логин организации в поле «Логин»."
    assert "spo999999" in console.mistake("held", receipt=str(number), action="release", login="spo999999", who=WHO)
    done = console.run("held", receipt=str(number), action="release", login="spo240065", who=WHO)
    assert done.line.startswith(f"Письмо №{number} отпущено как письмо spo240065")
    assert done.figures["Писем в ответ"] == done.counts["letters"] == 1
    assert done.table("Наши ответы на письмо")[-1][1] == "s…@school.test"


def test_a_refusal_needs_a_reason_and_says_that_nobody_was_told(post: Post, console: Console) -> None:
    held_return(post)
    number = last_receipt(post).id
    assert console.mistake("held", receipt=f"№{number}", action="Отклонить", who=WHO) == "Заполните поле «Причина»."
    assert receipt_of(post, number).state is ReceiptState.HELD
    done = console.run("held", receipt=f"№{number}", action="Отклонить", reason="звонили, не они", who=WHO)
    assert "Никому не написали" in done.page
    assert receipt_of(post, number).state is ReceiptState.REFUSED
    said = console.mistake("held", receipt=f"№{number}", action="Разобрать заново", who="Борис")
    assert said.startswith(f"Письмо №{number} решения уже не ждёт: отклонено. Решение принято ")
    assert said.endswith(f"кто решил: {WHO}.")


def test_mistakes_about_a_message_are_one_sentence(post: Post, console: Console) -> None:
    assert console.mistake("held", receipt="№999", action="Отпустить", who=WHO).startswith("Письма №999 нет")
    assert "поле «Письмо»" in console.mistake("held", receipt="последнее", action="Отпустить", who=WHO)
    assert "поле «Кто решил»" in console.mistake("held", receipt="№1", action="Отпустить")
    assert "поле «Действие»" in console.mistake("held", receipt="№1", action="Удалить", who=WHO)


# -- corrections ------------------------------------------------------------------------------------------------------


def asked(post: Post, value: str = "new@school.test") -> str:
    """Put a new address of spo240065 on record as its organisation asks for it; return the correction's name."""
    number = _any_receipt(post)
    with post.context() as context, context.store.transaction() as session:
        found = changes.add(session, Change("spo240065", "address", value, FIRST, number, requested_at=post.now))
    assert found is not None
    return found.name


def _any_receipt(post: Post) -> int:
    hand_in(post, FIRST)
    post.exchange_all()
    return last_receipt(post).id


def test_a_correction_is_approved_and_the_page_says_who_was_told(post: Post, console: Console) -> None:
    name = asked(post)
    (label,) = console.choices(Choice.CORRECTIONS)
    done = console.run("corrections", correction=label, action="Одобрить", who=WHO)
    with post.context() as context, context.store.reading() as session:
        (change,) = changes.listed(session, None)
        told = letters.of_kind(session, "change_result")
        login = roster.login(session, "spo240065")
    assert (change.state, change.decided_by) == (ChangeState.APPROVED, f"prefect:{WHO}")
    assert login is not None
    assert "new@school.test" in login.addresses
    assert done.figures == {"Писем о решении": len(told), "Исправлений ещё ждёт": 0}
    assert [row[0] for row in done.table("Кому написали о решении")] == ["s…@school.test", "n…@school.test"]
    assert "new@school.test" not in unescaped(done.page)
    said = console.mistake("corrections", correction=f"№{name}", action="Отклонить", reason="нет", who="Борис")
    assert said.startswith(f"По исправлению №{name} решение уже принято: одобрено, ")
    assert f"кто решил: {WHO}" in said


def test_a_correction_is_rejected_with_a_reason_only(post: Post, console: Console) -> None:
    name = asked(post)
    said = console.mistake("corrections", correction=f"№{name}", action="Отклонить", who=WHO)
    assert said == "Заполните поле «Причина»."
    done = console.run("corrections", correction=f"№{name}", action="Отклонить", reason="адрес чужой", who=WHO)
    assert done.counts == {"approved": 0, "rejected": 1, "letters": 1, "left": 0}
    post.run("deliver")
    assert "адрес чужой" in str(post.last(FIRST).get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert console.mistake("corrections", correction="№24-99", action="Одобрить", who=WHO).startswith(
        "Исправления «24-99» нет"
    )


def test_a_correction_that_nobody_can_be_told_of_says_so(post: Post, console: Console) -> None:
    name = asked(post)
    with post.context() as context, context.store.transaction() as session:
        login = roster.login(session, "spo240065")
        assert login is not None
        roster.amend(session, login, replace(login, addresses=()), post.now)
    done = console.run("corrections", correction=f"№{name}", action="Отклонить", reason="нет", who=WHO)
    assert done.counts["letters"] == 0
    assert "Никому не написали" in done.page


# -- reports ----------------------------------------------------------------------------------------------------------


def test_an_export_has_its_number_rows_and_file(post: Post, console: Console) -> None:
    hand_in(post, FIRST)
    post.exchange_all()
    (label,) = console.choices(Choice.COLLECTIONS)
    done = console.run("report", collection=label, kind="Экспорт результатов", who=WHO)
    number = done.counts["report"]
    with post.context() as context, context.store.reading() as session:
        report = reports.report(session, number)
        deed = audit.listed(session, publication=SCHEDULE)[0]
    assert report is not None
    assert (report.state, report.requested_by) == (ReportState.READY, None)
    assert (deed.what, deed.who) == ("exported", f"prefect:{WHO}")
    assert done.figures == {"Номер отчёта": number, "Строк": done.counts["rows"]}
    assert done.counts["rows"] > 0
    kept = post.settings.state / "downloads" / report.name
    with post.context() as context:
        assert kept.read_bytes() == export.finished(context, number).content
    assert f"(http://127.0.0.1:{post.settings.web_port}/files/kept/{quote(report.name)})" in done.page


def test_a_report_without_rows_and_lists_of_people(post: Post, console: Console) -> None:
    done = console.run("report", collection=SCHEDULE, kind="export", region="24", who=WHO)
    assert "строк в нём нет" in done.line
    people = console.run("report", collection=SCHEDULE, kind="participants", who=WHO)
    assert people.counts["rows"] == counted(post).total
    assert people.counts["report"] == done.counts["report"] + 1
    assert console.run("report", collection=SCHEDULE, kind="Скачивание файлов", who=WHO).counts["rows"] >= 0


def test_a_report_that_cannot_be_formed_is_a_failed_run_with_its_number(
    post: Post, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr(export, "form_report", broken)
    left = console.run("report", collection=SCHEDULE, kind="export", who=WHO)
    with post.context() as context, context.store.reading() as session:
        report = reports.report(session, left.figures["Номер отчёта"])
    assert report is not None
    assert (left.failed, report.state) == (True, ReportState.FAILED)
    assert "secret" not in left.page
    assert "разработчикам" in left.page


def test_mistakes_about_a_report(post: Post, console: Console) -> None:
    assert "Сбора «vpr» нет" in console.mistake("report", collection="vpr", kind="export", who=WHO)
    assert "регион" in console.mistake("report", collection=SCHEDULE, kind="export", region="99", who=WHO)
    assert "поле «Вид отчёта»" in console.mistake("report", collection=SCHEDULE, kind="всё", who=WHO)


# -- the end of a collection ------------------------------------------------------------------------------------------


def test_a_collection_is_closed_now_with_what_is_still_in_the_mailbox(post: Post, console: Console) -> None:
    hand_in(post, FIRST)  # nobody has looked
    with post.context() as context:
        extend.run(context, Asked(SCHEDULE, CLOSES + DAY, "cli", "ремонт", ("spo240067",)), post.now)
    post.later(HOUR)
    (label,) = console.choices(Choice.OPEN_COLLECTIONS)
    done = console.run("end", collection=label, reason="данные собраны", who=WHO)
    counts = counted(post)
    assert counts.submitted == 1
    assert {name: done.figures[name] for name in four(counts)} == four(counts)
    with post.context() as context, context.store.reading() as session:
        told = letters.of_kind(session, "ended")
        closing = letters.of_kind(session, "closing")
        deeds = audit.listed(session, publication=SCHEDULE)
        found = publications.publication(session, SCHEDULE)
    assert done.counts["letters"] == len(told) == 4  # before the mailbox was looked into
    assert done.counts["coordinators"] == len(closing) == 1
    assert done.counts["extensions"] == 1
    assert {(deed.what, deed.who) for deed in deeds} >= {("closed_early", f"prefect:{WHO}")}
    assert found is not None
    assert found.collection is not None
    assert format_instant(found.collection.closes_at) in done.line
    assert [row[0] for row in done.table("Кто не сдал")] == ["spo240066", "spo240067", "spo240072"]
    assert console.choices(Choice.OPEN_COLLECTIONS) == []
    said = console.mistake("end", collection=label, reason="ещё раз", who="Борис")
    assert said.startswith(f"Приём по «{SCHEDULE}» уже закрыт")


def test_an_end_when_the_mailbox_is_away_stands_and_says_so(post: Post, console: Console) -> None:
    def away(*_: object) -> None:
        raise UnreachableError("imap.unreachable", host="imap.test", port=993, reason="нет ответа")

    console.monkeypatch.setattr(collect, "run", away)
    done = console.run("end", collection=SCHEDULE, reason="данные собраны", who=WHO)
    assert not done.failed
    (trouble,) = done.table("Что не получилось")
    assert trouble[0] == "Почтовый ящик"
    with post.context() as context, context.store.reading() as session:
        assert publications.is_closed(session, SCHEDULE)


def test_mistakes_about_an_end(post: Post, console: Console) -> None:
    assert console.mistake("end", collection=SCHEDULE, who=WHO) == "Заполните поле «Причина»."
    assert "Сбора «vpr» нет" in console.mistake("end", collection="vpr", reason="да", who=WHO)
    with post.context() as context:  # two at once: the other was faster
        end.run(context, SCHEDULE, "раз", post.now, "prefect:Борис")
    assert "уже закрыт" in console.mistake("end", collection=SCHEDULE, reason="два", who=WHO)
    with post.context() as context, context.store.reading() as session:
        assert [d.who for d in audit.listed(session) if d.what == "closed_early"] == ["prefect:Борис"]


# -- how it stands ----------------------------------------------------------------------------------------------------


def test_how_the_campaign_stands(post: Post, console: Console) -> None:
    hand_in(post, FIRST)
    first = post.received(SECOND)[0]
    post.write(SECOND, first, "", typed(form_in(first), draft=True))
    post.exchange_all()
    held_return(post)
    (label,) = console.choices(Choice.COLLECTIONS)
    left = console.run("now", collection=label)
    counts = counted(post)
    assert left.figures == four(counts)
    assert (counts.submitted, counts.in_progress) == (1, 1)
    ((*_, total, idle, busy, done),) = left.table("Сборы")
    assert [total, idle, busy, done] == [str(count) for count in four(counts).values()]
    assert [row[0] for row in left.table(f"В работе: {_title(post)}")] == ["spo240066"]
    assert [row[0] for row in left.table(f"Не приступили: {_title(post)}")] == ["spo240067", "spo240072"]
    with post.context() as context, context.store.reading() as session:
        held = receipts.counts(session)[ReceiptState.HELD]
    assert f"Задержанные письма: {held}" in left.page
    assert left.counts["waiting"] == held
    assert "(/v2/held)" in left.page
    assert console.run("now").figures == four(counts)
    assert console.run("now", region="Красноярский край — 24").figures == four(counts)


def _title(post: Post) -> str:
    with post.context() as context, context.store.reading() as session:
        found = publications.publication(session, SCHEDULE)
    assert found is not None
    assert found.collection is not None
    return found.collection.title


def test_nothing_stands_before_the_first_publication_and_an_unknown_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = Console(make_post(tmp_path), monkeypatch)
    left = empty.run("now")
    assert not left.failed
    assert left.line.startswith("Сборов ещё нет")
    assert left.figures == four(Counts())
    assert "Сбора «нет» нет" in empty.mistake("now", collection="нет")


# -- a digest at once -------------------------------------------------------------------------------------------------


def test_a_digest_goes_once_a_day(post: Post, console: Console) -> None:
    (label,) = console.choices(Choice.OPEN_COLLECTIONS)
    done = console.run("digest_now", collection=label, who=WHO)
    with post.context() as context, context.store.reading() as session:
        made = letters.of_kind(session, "digest")
    assert done.figures["Писем"] == len(made) == 1
    assert done.counts["coordinators"] == 1
    assert done.table("Кому") == [["spo_coord_24", "24, Красноярский край", SCHEDULE, "s…@region.test"]]
    again = console.run("digest_now", who=WHO)
    assert (again.failed, again.line, again.counts["letters"]) == (False, "Никому не отправлено", 0)
    assert "раз в день" in again.page
    assert "Сбора «vpr» нет" in console.mistake("digest_now", collection="vpr", who=WHO)


# -- health, questions, audit -----------------------------------------------------------------------------------------


def test_health_says_what_is_wrong_and_what_to_do(post: Post, console: Console) -> None:
    console.monkeypatch.setattr(health, "_examine", lambda say: say("SMTP отвечает.") or True)
    well = console.run("health")
    assert well.line == "Всё работает"
    assert well.table("Проверка серверов и настроек: всё в порядке") == [["SMTP отвечает."]]
    hand_in(post, FIRST)
    post.run("collect")
    post.later(3 * DAY)
    wrong = console.run("health")
    assert wrong.figures["Полученных писем ждёт проверки"] == 1
    assert wrong.counts["problems"] == len(wrong.table("Неполадки")) > 0

    def broken(_say: object) -> bool:
        raise ConfigurationError("settings.imap_missing")

    console.monkeypatch.setattr(health, "_examine", broken)
    assert not console.run("health").failed
    assert "KABINET" in console.pages[-1]


def test_questions_wait_until_support_answers(post: Post, console: Console) -> None:
    assert console.run("questions", show="Ждут ответа").line == "Вопросов нет"
    post.write(FIRST, post.received(FIRST)[0], "Как заполнять лист 3, если у нас нет филиалов?")
    post.exchange_all()
    left = console.run("questions", show="Все за три месяца")
    assert left.figures == {"Ждут ответа": 1, "Отвечены": 0}
    (row,) = left.table("Ждут ответа")
    assert row[0] == f"№{last_receipt(post).id}"
    assert row[3] == "spo240065"
    assert "поле «Показать»" in console.mistake("questions", show="прочее")


def test_the_record_of_who_did_what(post: Post, console: Console) -> None:
    assert console.run("audit", login="spo240065").line == "Таких записей нет"
    console.run("end", collection=SCHEDULE, reason="данные собраны", who=WHO)
    left = console.run("audit", publication=f"{NAME} — {SCHEDULE}", count="2")
    assert left.figures == {"Записей": 2}
    rows = left.table("Решения")
    assert [row[2] for row in rows] == ["сбор закрыт", "сбор закрыт раньше срока"]
    assert rows[1][1] == WHO
    assert rows[1][-1] == "данные собраны"
    assert "от 1 до 1000" in console.mistake("audit", count="0")
    assert "поле «Сколько записей»" in console.mistake("audit", count="много")
    assert "Логина «spo1» нет" in console.mistake("audit", login="spo1")
