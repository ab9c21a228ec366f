"""What stands beside a command is obeyed, or its writer is told that it is not, or a person reads it (item 11)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.mail.commands.command import Kind as Arg
from pipeline.mail.commands.reading import read_command
from pipeline.mail.commands.words import WORDS, commands_for
from pipeline.mail.commands.words.browsing import PUBLICATION
from pipeline.mail.letters.render import Rendered
from pipeline.model import Letter, Participant, Role, Status
from pipeline.steps.letters.attachments import reply_address
from pipeline.store import changes, letters, participations, reports
from tests.functional.post import Post
from tests.functional.regions import (
    COORDINATOR,
    FAR,
    FAR_COORDINATOR,
    NOBODY,
    OFFICE,
    OTHER,
    SCHOOL,
    SECOND,
    answers,
    ask_all,
    said_of,
    two_regions,
    written,
)
from tests.functional.world import SCHEDULE

WRITERS = {Role.ORGANISATION: f"{SCHOOL}@school.test", Role.COORDINATOR: f"{COORDINATOR}@region.test"}
OWN = {Role.ORGANISATION: SCHOOL, Role.COORDINATOR: COORDINATOR}


@dataclass(frozen=True)
class Kind:
    """An argument: how it is written, the word that an answer must name, and what it is."""

    written: str
    word: str
    what: str


KINDS = (
    *(Kind(code, code, "login") for code in (SCHOOL, OTHER, FAR, NOBODY, FAR_COORDINATOR, COORDINATOR)),
    Kind("2", "2", "publication"),
    Kind(SECOND, SECOND, "publication"),
    Kind("из публикации 2", "2", "publication"),
    Kind("99", "99", "nothing"),
    Kind("vpr-spo-1999-nothing", "vpr-spo-1999-nothing", "nothing"),
    Kind("из публикации 99", "99", "nothing"),
    Kind("из публикации vpr-nothing", "vpr-nothing", "nothing"),
    Kind("страница 99", "99", "page"),
    Kind("что-то", "что-то", "words"),
    Kind("как пожелаете", "как пожелаете", "words"),
)
# What some commands need before anything else can stand beside them.
FIRST: Mapping[Arg, Sequence[str]] = {
    Arg.ABOUT: ("", OTHER),
    Arg.NUMBER: ("", "1"),
    Arg.NUMBERS: ("", "1"),
    Arg.NUMBERS_AND_REASON: ("", "1"),
    Arg.TITLE: ("", "план"),
    Arg.ADDRESS: ("", "new@school.test"),
    Arg.LOGIN_AND_PUBLICATION: ("", OTHER),
    Arg.LOGIN_AND_MOMENT: (f"{OTHER} до завтра",),
}
TITLE = {
    "2": "Сбор данных об участниках ВПР СПО",
    "other": "Расписание проведения ВПР СПО",
}
OF_A_LOGIN = {word.name for word in WORDS if word.of_login or word.publication_in or word.argument.kind is Arg.ADDRESS}
OF_OWN_LOGIN = {
    word.name for word in WORDS if word.names_publication(Role.ORGANISATION) or word.argument.kind is Arg.ADDRESS
}
OF_A_PUBLICATION = {
    word.name
    for word in WORDS
    if word.of_collection
    or word is PUBLICATION
    or (word.publication_in and word.argument.kind is not Arg.LOGIN_AND_MOMENT)
}
NOTHING_DONE = ("Не выполнено", "Срок не продлён", "Письмо не отправлено", "Не показано", "Код не подошёл")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Post:
    """For what changes nothing that another test looks at."""
    return two_regions(tmp_path_factory.mktemp("arguments"))


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return two_regions(tmp_path)


def table(role: Role) -> dict[str, tuple[str, Kind]]:
    """Every command with every kind of argument, as it is written → (the command's name, the argument)."""
    found: dict[str, tuple[str, Kind]] = {}
    for word in WORDS:
        for first in FIRST.get(word.argument.kind, ("",)):
            for kind in KINDS:
                found[" ".join(filter(None, (word.name, first, kind.written)))] = (word.name, kind)
    assert {name for name, _ in found.values()} == {word.name for word in WORDS}
    taken = {said: about for said, about in found.items() if read_command(said) is not None}
    ours = commands_for(role) | {"ЭТО НЕ МЫ"}
    # What is no command, or none of this role's, goes the same way whatever it is: some of it will do.
    questions = {said: about for said, about in found.items() if said not in taken or about[0] not in ours}
    some = dict(list(questions.items())[:: max(1, len(questions) // 40)])
    return {said: about for said, about in taken.items() if about[0] in ours} | some


def is_honest(role: Role, name: str, kind: Kind, made: Sequence[Rendered]) -> bool:
    """Whether the argument was obeyed, or the answers say that it was not, or it went on as a question."""
    said = said_of(made)
    if any(one.subject.startswith("Вопрос передан") for one in made):
        return True
    if any(f"«{word}»" in said for word in (kind.word, kind.written)):
        return True
    if made[0].subject.startswith(NOTHING_DONE):
        return True
    match kind.what:
        case "login" if role is Role.ORGANISATION:
            return name in OF_OWN_LOGIN and kind.word == SCHOOL
        case "login":
            return name in OF_A_LOGIN and kind.word in said
        case "publication" if name in OF_A_PUBLICATION or kind.written.startswith("из"):
            return TITLE["2"] in said and TITLE["other"] not in said
        case "page":
            return "Страницы 99 нет" in said
    return re.search(rf"(?<!\w){re.escape(kind.word)}(?!\w)", said) is not None


@pytest.mark.parametrize("role", list(Role))
def test_f11_no_argument_is_passed_over_in_silence(shared: Post, role: Role) -> None:
    """Every command × every kind of argument."""
    asked = table(role)
    assert len(asked) > 100
    found = ask_all(shared, WRITERS[role], list(asked))
    assert {said for said in asked if not found[said]} == set()
    assert [said for said, (name, kind) in asked.items() if not is_honest(role, name, kind, found[said])] == []


def test_f11_a_publication_beside_the_word_is_the_only_one_that_is_answered(post: Post) -> None:
    asked = [f"{name} {SECOND}" for name in ("УЧАСТНИКИ", "ЭКСПОРТ", "НЕ ПРИСТУПИЛИ", "НАПОМНИТЬ")]
    found = ask_all(post, WRITERS[Role.COORDINATOR], asked)
    for said in asked:
        (made,) = found[said]
        assert TITLE["2"] in made.subject, said
    with post.context() as context, context.store.reading() as session:
        assert {report.publication for report in reports.forming(session)} == {SECOND}
        reminders = [letter for letter in letters.listed(session, limit=1000) if letter.kind == "reminder"]
    assert {letter.publication for letter in reminders} == {SECOND}
    assert len(reminders) == 6  # of region 24 alone, two of them at the office's address too
    asked = ["ФОРМА 2", "СТАТУС №2", "ДАННЫЕ 2"]
    found = ask_all(post, WRITERS[Role.ORGANISATION], asked)
    for said in asked:
        assert TITLE["2"] in said_of(found[said])
        assert TITLE["other"] not in said_of(found[said])
    with post.context() as context, context.store.reading() as session:
        begun = {code: participations.participation(session, code, SCHOOL) for code in (SCHEDULE, SECOND)}
    assert [begun[code].status for code in (SCHEDULE, SECOND)] == [Status.NOT_STARTED, Status.IN_PROGRESS]  # type: ignore[union-attr]


def test_f11_what_a_school_may_not_have_is_not_given_under_its_name(post: Post) -> None:
    """Nothing is moved either: neither the other's status nor its own."""
    asked = [f"{name} {code}" for name in ("ФОРМА", "СТАТУС", "ДАННЫЕ") for code in (OTHER, FAR, NOBODY)]
    found = ask_all(post, WRITERS[Role.ORGANISATION], asked)
    for said in asked:
        (made,) = found[said]
        assert made.subject == f"Не выполнено: {said}"
        assert "не логин вашей организации" in made.text
    assert {person.participation.status for person in _people(post)} == {Status.NOT_STARTED}


def test_f11_an_office_is_answered_about_the_organisation_that_it_names(post: Post) -> None:
    """By the tag it is one of them; the login beside the word says which."""
    first = next(letter for letter in _letters(post, SCHOOL) if letter.kind == "publication")
    with post.context() as context:
        to = reply_address(context, first.tag)
    message = written(OFFICE, f"ФОРМА {OTHER} из публикации 1", "", "<office@writer.test>")
    post.inbox.deliver(message.replace(b"exchange@kabinet.test", to.encode()), post.now)
    post.run("collect", "check")
    (answer,) = [letter for letter in answers(post) if letter.in_reply_to == "<office@writer.test>"]
    assert (answer.kind, answer.login, answer.address) == ("form", OTHER, OFFICE)
    assert [spec.ref["login"] for spec in answer.attachments] == [OTHER]
    begun = [person.login.code for person in _people(post) if person.participation.status is Status.IN_PROGRESS]
    assert begun == [OTHER]


def test_f11_a_correction_for_somebody_else_is_not_recorded_as_ones_own(post: Post) -> None:
    body = f"адрес office@school.test для {FAR}\nадрес new@school.test\nудалить адрес {SCHOOL}@school.test"
    post.inbox.deliver(written(WRITERS[Role.ORGANISATION], "ПАСПОРТ", body, "<passport@writer.test>"), post.now)
    post.run("collect", "check")
    (answer,) = [letter for letter in answers(post) if letter.in_reply_to == "<passport@writer.test>"]
    assert [(item["value"], item["result"]) for item in answer.data["asked"]] == [
        (f"адрес office@school.test для {FAR}", "other_login"),
        ("new@school.test", "asked"),
        (f"{SCHOOL}@school.test", "asked"),
    ]
    with post.context() as context, context.store.reading() as session:
        assert [change.value for change in changes.listed(session)] == ["new@school.test", f"{SCHOOL}@school.test"]


def test_f11_why_something_was_done_is_told_back(post: Post) -> None:
    ask_all(post, WRITERS[Role.ORGANISATION], ["ПАСПОРТ название Лицей"])
    asked = [f"ПРОДЛИТЬ {OTHER} до 9 сентября, болезнь из публикации 2", f"ОТКЛОНИТЬ 1 {OTHER}"]
    found = ask_all(post, WRITERS[Role.COORDINATOR], asked)
    extended, declined = (said_of(found[said]) for said in asked)
    assert "Причина: болезнь\n" in extended
    assert TITLE["2"] in extended
    assert f"причина: {OTHER}" in declined


def _people(post: Post) -> list[Participant]:
    with post.context() as context, context.store.reading() as session:
        return [person for code in (SCHEDULE, SECOND) for person in participations.participants(session, code)]


def _letters(post: Post, login: str) -> list[Letter]:
    with post.context() as context, context.store.reading() as session:
        return [letter for letter in letters.listed(session, limit=1000) if letter.login == login]
