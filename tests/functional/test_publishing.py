"""A publication's life: plan, trial, editions, the set time, gaps, withdrawal and stopped mailings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from pipeline.cabinet.publications import LoadedPublication
from pipeline.embedded.organisations import filled
from pipeline.errors import ConfigurationError, UserError
from pipeline.model import LetterState, Login, Role, Summary
from pipeline.steps import (
    fill,
    pause,
    preview,
    publish,
    withdraw,
)
from pipeline.steps.base.limits import Limits
from pipeline.store import editions, letters, pauses, publications
from pipeline.store import roster as roster_rows
from pipeline.store.migrations.upgrading import alembic_config
from tests.factories.folders import FORM, SECOND_FORM, folder
from tests.factories.limits import limited
from tests.functional.post import OPENS, Post, make_post
from tests.functional.world import text_of, workbooks_of

CODE = "probe"
DAY = timedelta(days=1)
FIRST = Login("spo240065", "Лицей", Role.ORGANISATION, "24", ("one@school.test",))
SECOND = Login("spo240066", "Колледж", Role.ORGANISATION, "24", ("two@school.test",))
WATCHING = Login("spo_coord_24", "Регион", Role.COORDINATOR, "24", ("coord@region.test",))
NEW = Login("spo240070", "Новый", Role.ORGANISATION, "24", ("new@school.test",))


@pytest.fixture
def post(tmp_path: Path) -> Post:
    made = make_post(tmp_path)
    enrol(made, FIRST, SECOND, WATCHING)
    return made


def enrol(post: Post, *logins: Login) -> None:
    """Make the roster be these."""
    with post.context() as context, context.store.transaction() as session:
        roster_rows.save_logins(session, logins, post.now)


def probe(post: Post, **parts: Any) -> LoadedPublication:
    """The publication that this test file is about, out since the opening."""
    values = {"closes_at": OPENS + 7 * DAY, "published_at": OPENS, **parts}
    return folder(CODE, **values)


def issue(post: Post, *only: str, deliver: bool = True, **parts: Any) -> Summary:
    """Publish, and deliver what is due."""
    with post.context() as context:
        done = publish.run(context, probe(post, **parts), post.now, only)
    if deliver:
        post.run("deliver")
    return done


def gaps(post: Post) -> Summary:
    """Fill gaps and deliver."""
    with post.context() as context:
        done = fill.run(context, post.now)
    post.run("deliver")
    return done


def subjects(post: Post, login: Login) -> list[str]:
    """The subjects of what came to the first address of a login, oldest first."""
    return [str(message["Subject"]) for message in post.received(login.addresses[0])]


def answer(post: Post, login: Login, rooms: int = 12) -> None:
    """A login answers its newest letter with its form filled in, and all is exchanged."""
    message = post.last(login.addresses[0])
    ((name, content),) = workbooks_of(message).items()
    with filled(content) as (book, save):
        book["Лист"]["A5"], book["Лист"]["B5"] = "Физика", rooms
        content = save()
    post.write(login.addresses[0], message, "", (name, content))
    post.later(timedelta(minutes=1))
    post.exchange_all()


def first_row(message: EmailMessage) -> tuple[object, object]:
    """What stands in the first row of the attached form."""
    (content,) = workbooks_of(message).values()
    with filled(content) as (book, _):
        return book["Лист"]["A5"].value, book["Лист"]["B5"].value


# -- before anything is sent ----------------------------------------------------------------------------------------


def test_plan_counts_letters_sizes_and_days_and_changes_nothing(post: Post) -> None:
    enrol(post, FIRST, replace(SECOND, addresses=()), WATCHING)
    post.limits = limited(Limits(), sending={"per_minute": 1, "per_day": 1, "kept_for_answers": 0})
    with post.context() as context:
        done, plan = publish.plan(context, probe(post), post.now)
    assert (plan.letters, plan.organisations, plan.coordinators) == (2, 1, 1)
    assert plan.no_address == (SECOND.code,)
    assert 2 * 20_000 < plan.octets < 2 * 200_000
    assert DAY <= plan.finishes_at - post.now <= DAY + timedelta(minutes=5)
    said = "\n".join(done.remarks)
    assert "2 письма (организаций: 1, координаторов: 1)" in said
    assert "1 писем в минуту, 1 в сутки" in said
    assert "нет адресов, письма не отправлены: spo240066" in said
    with post.context() as context, context.store.reading() as session:
        assert publications.everything(session) == []
        assert letters.listed(session) == []


def test_plan_warns_when_the_rate_is_too_low_for_the_deadline(post: Post) -> None:
    post.limits = limited(Limits(), sending={"per_day": 1, "kept_for_answers": 0})
    done = issue(post, deliver=False, closes_at=post.now + timedelta(hours=30))
    (warning,) = [line for line in done.remarks if line.startswith("ВНИМАНИЕ")]
    assert "не успеют уйти писем: 1." in warning


def test_an_attachment_too_big_for_the_provider_is_one_sentence_and_nothing_is_on_record(post: Post) -> None:
    post.limits = limited(Limits(), sending={"largest_letter": 200_000})
    with pytest.raises(ConfigurationError) as caught:
        issue(post, files={"прил план.pdf": b"%PDF" + bytes(300_000)})
    assert "письмо займёт 0,4 МБ, а почтовый сервер принимает не больше 0,2 МБ" in str(caught.value)
    assert "«прил план.pdf» 0,3 МБ" in str(caught.value)
    with post.context() as context, context.store.reading() as session:
        assert publications.everything(session) == []


def test_s5_html_in_the_text_is_warned_of_with_its_lines_by_all_that_show_it_first(post: Post) -> None:
    written = probe(post, text="\nУважаемые коллеги!\n\nСрок <b>скоро</b>,<br>\n`<i>` в коде.\n\n<!-- не видно -->")
    assert written.text_line == 10
    with post.context() as context:
        plan, _ = publish.plan(context, written, post.now)
        tried = publish.dry_run(context, written, post.now)
        shown = preview.preview(context, written, post.now)
        done = publish.run(context, written, post.now)
    (warning,) = [line for line in done.remarks if "HTML" in line]
    assert "probe/publication.md, строки 12, 15: HTML (теги: b, br, !--) в письмах виден как обычный текст" in warning
    for lines in (plan.remarks, tried.remarks, shown.plan):
        assert warning in lines
    assert "не видно" in shown.html
    post.run("deliver")
    assert "<b>скоро</b>" in text_of(post.last(FIRST.addresses[0]))


def test_s5_a_text_without_html_is_warned_of_nothing(post: Post) -> None:
    with post.context() as context:
        plan, _ = publish.plan(context, probe(post, text="**Срок** <https://example.org> x < y"), post.now)
    assert [line for line in plan.remarks if "HTML" in line] == []


def test_s4_preview_shows_both_letters_and_the_form_without_a_roster_and_leaves_no_trace(tmp_path: Path) -> None:
    post = make_post(tmp_path)
    with post.context() as context:
        made = preview.preview(context, probe(post, files={"ключи.pdf": b"%PDF-1"}), post.now)
    assert "Письмо организации" in made.html
    assert "Письмо координатора" in made.html
    assert "cid:" not in made.html
    assert "src=&quot;data:image/png;base64," in made.html
    assert "http://" not in made.html
    assert set(made.files) == {"Письмо организации.eml", "Письмо координатора.eml", "Форма spo990001.xlsx"}
    with post.context() as context, context.store.reading() as session:
        assert roster_rows.logins(session) == []
        assert publications.everything(session) == []


# -- a trial --------------------------------------------------------------------------------------------------------


def test_a_trial_may_be_changed_until_everybody_has_the_publication(post: Post) -> None:
    done = issue(post, FIRST.code, text="Первый вариант.")
    assert "проба" in done.remarks[0]
    assert subjects(post, SECOND) == subjects(post, WATCHING) == []
    assert gaps(post).counts["publications"] == 0
    issue(post, FIRST.code, text="Второй вариант.", form=FORM.replace("99", "98"))
    assert "Второй вариант" in text_of(post.last(FIRST.addresses[0]))
    assert post.run("digest")["digest"].counts["letters"] == 0
    done = issue(post, text="Второй вариант.", form=FORM.replace("99", "98"))
    assert done.counts["letters"] == 2
    assert len(post.received(FIRST.addresses[0])) == 2
    assert [len(subjects(post, login)) for login in (SECOND, WATCHING)] == [1, 1]
    assert issue(post, text="Второй вариант.", form=FORM.replace("99", "98")).counts["letters"] == 0


def test_a_trial_on_a_login_that_is_not_there_is_refused(post: Post) -> None:
    with pytest.raises(ConfigurationError, match="spo249999"):
        issue(post, "spo249999")


# -- editions -------------------------------------------------------------------------------------------------------


def test_the_same_edition_with_other_content_is_refused_with_what_differs(post: Post) -> None:
    issue(post)
    with pytest.raises(ConfigurationError) as caught:
        issue(post, closes_at=OPENS + 8 * DAY, text="Иначе.")
    said = str(caught.value)
    assert "срок сдачи: было до 6 сентября 2021 года, 20:41 мск, стало до 7 сентября 2021 года, 20:41 мск" in said
    assert "изменен текст" in said
    assert "edition: 2" in said
    assert "Форма probe версии 1" in _refused(post, form=FORM.replace("99", "98"), edition=2, changes="иначе")
    assert "уже разослана всем" in _refused(post, FIRST.code, edition=2, text="Иначе.")
    assert "ничем не отличается" in _refused(post, edition=2)
    assert "исправление выходит сразу" in _refused(post, edition=2, published_at=post.now + DAY, text="Иначе.")
    issue(post, edition=2, changes="иначе")
    assert "на учёте редакция 2, а в папке 1" in _refused(post)


def _refused(post: Post, *only: str, **parts: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        issue(post, *only, **parts)
    return str(caught.value)


def test_a_corrected_edition_says_what_changed_to_who_has_the_earlier_one(post: Post) -> None:
    issue(post, files={"план.pdf": b"%PDF-1"})
    issue_two: dict[str, Any] = {"edition": 2, "files": {"план.pdf": b"%PDF-2"}, "closes_at": OPENS + 9 * DAY}
    enrol(post, FIRST, SECOND, WATCHING, NEW)
    issue(post, **issue_two)
    first, second = post.received(FIRST.addresses[0])
    assert str(second["Subject"]).startswith("Исправлено, редакция 2: Проба")
    assert second["In-Reply-To"] == first["Message-ID"]
    body = text_of(second)
    assert "срок сдачи: было до 6 сентября 2021 года, 20:41 мск, стало до 8 сентября 2021 года, 20:41 мск" in body
    assert "заменен файл «план»" in body
    assert subjects(post, WATCHING)[-1].startswith("Исправлено, редакция 2: Проба")
    (only,) = post.received(NEW.addresses[0])
    assert str(only["Subject"]).startswith("Заполнить до")
    assert "ПУБЛИКАЦИЯ ИСПРАВЛЕНА" not in text_of(only)
    with post.context() as context, context.store.reading() as session:
        history = editions.history(session, CODE)
    assert [item.edition for item in history] == [1, 2]
    assert history[0].content["collection"]["closes_at"] == (OPENS + 7 * DAY).isoformat()
    assert any("срок сдачи" in change for change in history[1].changes)


def test_unsent_letters_of_the_earlier_edition_stay_here(post: Post) -> None:
    issue(post, deliver=False)
    done = issue(post, edition=2, text="Верно так.", changes="верный текст")
    assert any("прежней редакции задержано: 3" in line for line in done.remarks)
    (only,) = post.received(FIRST.addresses[0])
    assert "Верно так." in text_of(only)
    assert str(only["Subject"]).startswith("Заполнить до")
    with post.context() as context, context.store.reading() as session:
        assert letters.counts(session)[LetterState.WITHHELD] == 3
    assert list(post.settings.outbox.glob("ready/*/*")) == []


@pytest.mark.parametrize("again", ["да", "нет"])
def test_s9_a_new_form_leaves_accepted_data_standing_and_asks_again_only_if_told(post: Post, again: str) -> None:
    issue(post)
    answer(post, FIRST)
    assert post.counts(CODE).submitted == 1
    issue(post, edition=2, form=SECOND_FORM, ask_again=again, changes="в форме больше аудиторий")
    letter = post.last(FIRST.addresses[0])
    wanted = "нужно прислать еще раз" if again == "да" else "присылать их еще раз не нужно"
    assert wanted in text_of(letter)
    assert "В приложенной форме уже есть данные" in text_of(letter)
    assert first_row(letter) == ("Физика", 12)
    assert "Ваши данные" not in text_of(post.last(SECOND.addresses[0]))
    assert post.counts(CODE).submitted == 1
    answer(post, FIRST, rooms=300)  # only the new form takes so many
    assert subjects(post, FIRST)[-1].startswith("Принято")


# -- a set time -----------------------------------------------------------------------------------------------------


def test_a_publication_of_tomorrow_leaves_tomorrow_and_is_nowhere_before(post: Post) -> None:
    tomorrow = post.now.replace(second=0) + DAY
    done = issue(post, published_at=tomorrow, closes_at=tomorrow + 7 * DAY)
    assert any("первое уйдет 31 августа 2021 года" in line for line in done.remarks)
    assert subjects(post, FIRST) == []
    changed = issue(post, published_at=tomorrow, closes_at=tomorrow + 6 * DAY)  # nobody has it yet: no edition needed
    assert any("прежней редакции задержано: 3" in line for line in changed.remarks)
    post.later(DAY - timedelta(minutes=1))
    gaps(post)
    assert subjects(post, FIRST) == []
    post.later(timedelta(minutes=2))
    post.run("deliver")
    (letter,) = post.received(FIRST.addresses[0])
    assert "6 сентября 2021 года" in text_of(letter)
    assert letter["Date"].datetime == tomorrow
    assert gaps(post).counts["letters"] == 0


# -- gaps -----------------------------------------------------------------------------------------------------------


def test_fill_reaches_who_has_come_since_exactly_once(post: Post) -> None:
    issue(post, files={"прил план.pdf": b"%PDF-1"})
    answer(post, FIRST)
    with post.context() as context:
        publish.run(context, folder("notice", post.now, text="Объявление."), post.now)
    post.run("deliver")
    mended = replace(FIRST, addresses=("office@school.test",))
    enrol(post, mended, replace(SECOND, addresses=("TWO@school.test",)), WATCHING, NEW)
    done = gaps(post)
    assert (done.counts["letters"], done.counts["joined"], done.counts["publications"]) == (4, 1, 2)
    assert sorted(subjects(post, NEW))[0].startswith("Заполнить до")
    assert len(subjects(post, SECOND)) == 2
    letter = next(item for item in post.received("office@school.test") if "Проба" in str(item["Subject"]))
    assert "Ваши данные уже приняты" in text_of(letter)
    assert gaps(post).counts["letters"] == 0
    assert post.counts(CODE).total == 3


def test_fill_stops_with_the_closing_unless_the_login_has_longer(post: Post) -> None:
    issue(post)
    with post.context() as context:
        publish.run(context, folder("brief", post.now, valid_until="2021-08-31 12:00"), post.now)
        publish.run(context, folder("notice", post.now), post.now)
    post.run("deliver")
    post.later(8 * DAY)
    enrol(post, FIRST, SECOND, WATCHING, NEW)
    done = gaps(post)
    assert (done.counts["publications"], done.counts["letters"]) == (1, 1)
    post.later(60 * DAY)
    assert gaps(post).counts["publications"] == 0
    with post.context() as context, pytest.raises(UserError, match="нет среди действующих"):
        fill.run(context, post.now, CODE)


# -- withdrawal -----------------------------------------------------------------------------------------------------


def test_s9_withdrawn_publication_is_told_of_closed_and_gone_from_lists(post: Post) -> None:
    issue(post, deliver=False)
    post.run("deliver")
    with post.context() as context:
        with pytest.raises(UserError, match="причину"):
            withdraw.run(context, CODE, " ", post.now, "cli:me")
        done = withdraw.run(context, CODE, "В форме неверный срок.", post.now, "cli:me")
    assert (done.counts["letters"], done.counts["withheld"], done.counts["logins"]) == (3, 0, 3)
    post.run("deliver")
    published, told = post.received(FIRST.addresses[0])
    assert str(told["Subject"]).startswith("Отозвано: Проба")
    assert told["In-Reply-To"] == published["Message-ID"]
    assert "В форме неверный срок." in text_of(told)
    post.later(timedelta(minutes=1))
    post.write(FIRST.addresses[0], published, "ФОРМА")
    answer_to = post.exchange_all()
    assert answer_to["receipts"] == 1
    assert "В форме неверный срок." in text_of(post.last(FIRST.addresses[0]))
    assert workbooks_of(post.last(FIRST.addresses[0])) == {}
    ((name, content),) = workbooks_of(published).items()
    with filled(content) as (book, save):
        book["Лист"]["A5"], book["Лист"]["B5"] = "Физика", 3
        content = save()
    post.write(SECOND.addresses[0], post.received(SECOND.addresses[0])[0], "", (name, content))
    post.write(FIRST.addresses[0], published, "", (name, content))
    post.exchange_all()
    refused = post.last(FIRST.addresses[0])
    assert str(refused["Subject"]).startswith("Не принято, публикация отозвана")
    assert post.counts(CODE).submitted == 0
    post.write(FIRST.addresses[0], published, "СВОДКА")
    post.exchange_all()
    assert "Проба" not in text_of(post.last(FIRST.addresses[0])).split("----------")[0]
    assert gaps(post).counts["publications"] == 0
    assert "поставьте в publication.md edition: 2" in _refused(post)
    issue(post, edition=2)
    assert subjects(post, FIRST)[-1].startswith("Исправлено, редакция 2")


def test_withdrawn_in_silence_only_what_has_not_left_is_held_back(post: Post) -> None:
    issue(post, deliver=False)
    with post.context() as context:
        done = withdraw.run(context, CODE, "Ошибка", post.now, "cli:me", silent=True)
        with pytest.raises(UserError, match="уже отозвана"):
            withdraw.run(context, CODE, "Ошибка", post.now, "cli:me")
    assert (done.counts["withheld"], done.counts["letters"]) == (3, 0)
    post.run("deliver")
    assert post.mail.sent == []


# -- stopped mailings -----------------------------------------------------------------------------------------------


def test_a_stopped_mailing_waits_while_answers_leave(post: Post) -> None:
    issue(post, FIRST.code)
    with post.context() as context:
        pause.stop(context, CODE, "неверный файл", post.now, "cli:me")
        publish.run(context, probe(post), post.now)
        done = pause.stop(context, CODE, "неверный файл", post.now, "cli:me")
    assert done.counts == {"stopped": 0, "waiting": 2}
    post.write(FIRST.addresses[0], post.last(FIRST.addresses[0]), "СТАТУС")
    summary = post.exchange()["deliver"]
    assert any("остановлено" in line and "неверный файл" in line for line in summary.remarks)
    assert len(subjects(post, FIRST)) == 2
    assert subjects(post, SECOND) == []
    with post.context() as context:
        resumed = pause.resume(context, None, post.now, "cli:you")
    assert resumed.counts == {"resumed": 1, "waiting": 0}
    post.run("deliver")
    assert len(subjects(post, SECOND)) == 1
    with post.context() as context, context.store.reading() as session:
        (stop,) = pauses.history(session)
    assert (stop.who, stop.why, stop.ended_by) == ("cli:me", "неверный файл", "cli:you")


def test_everything_stops_when_answers_are_stopped_too(post: Post) -> None:
    issue(post)
    with post.context() as context:
        pause.stop(context, None, "сервер взломан", post.now, "cli:me", answers=True)
    post.write(FIRST.addresses[0], post.last(FIRST.addresses[0]), "СТАТУС")
    post.exchange_all()
    assert len(subjects(post, FIRST)) == 1
    with post.context() as context:
        pause.resume(context, None, post.now, "cli:me")
    post.run("deliver")
    assert len(subjects(post, FIRST)) == 2


def test_a_pause_is_heeded_in_the_middle_of_a_run(post: Post) -> None:
    """Stopped after the first letter: what is in hand still leaves, what is not claimed waits."""
    many = [replace(NEW, code=f"spo2401{n:02}", addresses=(f"{n}@school.test",)) for n in range(30)]
    enrol(post, *many)
    issue(post, deliver=False)

    def stop(_: object) -> None:
        if len(post.mail.sent) == 1:
            with post.context() as context:
                pause.stop(context, None, "стоп", post.now, "cli:me")

    post.mail.on_sent = stop
    post.run("deliver")
    assert len(post.mail.sent) <= 10


def test_letters_that_wait_are_the_same_after_an_upgrade_of_the_database(post: Post) -> None:
    """What a mailing shares stood in every row once."""
    issue(post, deliver=False)
    ready = {path: path.read_bytes() for path in post.settings.outbox.glob("ready/*/*.eml")}
    assert len(ready) == 3
    for path in ready:
        path.unlink()
    with post.context() as context, context.store.transaction() as session:
        command.downgrade(alembic_config(session.connection()), "0010")
    post.run("deliver")
    assert sorted(sent.content for sent in post.mail.sent) == sorted(ready.values())
