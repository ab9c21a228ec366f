"""A publication's folder: what an author writes is what people read, and every mistake is told with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cabinet import publications
from pipeline.cabinet.front_matter import parse_instant
from pipeline.cabinet.publications import LoadedPublication, filled_text, load_publication, rescheduled
from pipeline.errors import ConfigurationError, Incident
from pipeline.model import Audience, LatePolicy

EXAMPLES = Path(__file__).parents[3] / "publications"
CODE = "plan-2021"
HEAD = """\
section: ВПР СПО
title: "Расписание: второй этап"
published_at: 2021-08-30 20:41
contacts: [support@kabinet.test, 8 800 000-00-00]
storages:
  - title: План-график
    files:
      - name: План.pdf
        attach: да
      - title: Для организаций
        name: Ключи.zip
        available_from: 2021-09-01 09:00
        organisations_only: true
collection:
  opens_at: 2021-08-30 20:41
  closes_at: 07.09.2021 18:00
"""
WITHOUT_COLLECTION = HEAD.partition("collection")[0]
WITHOUT_FILES = HEAD.partition("    files")[0] + "collection:\n"
FILES_OF_WORDS = HEAD.partition("      - name")[0] + "      План.pdf\ncollection:\n"
BODY = "Уважаемые коллеги!\n\nЗаполните форму не позднее **{{ closes_at }}**.\n"
FORM = b"form: plan\nversion: 3\nsheets: []\n"


def folder(head: str = HEAD, body: str = BODY, **changes: bytes | None) -> dict[str, bytes]:
    """A sound folder; ``changes`` replace or (None) remove files, ``_`` in their keys standing for ``/``."""
    files: dict[str, bytes | None] = {
        "publication.md": f"---\n{head}---\n{body}".encode(),
        "form.yaml": FORM,
        "files/План.pdf": b"%PDF plan",
        "files/Ключи.zip": b"PK keys",
    }
    files |= {key.replace("__", "/"): data for key, data in changes.items()}
    return {key: data for key, data in files.items() if data is not None}


def load(files: Mapping[str, bytes] | None = None) -> LoadedPublication:
    return load_publication(CODE, folder() if files is None else files)


def complaint(files: Mapping[str, bytes], code: str = CODE) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_publication(code, files)
    assert caught.value.exit_code == 2
    return caught.value


def test_s4_a_folder_becomes_a_publication_with_its_three_blocks() -> None:
    loaded = load()
    publication = loaded.publication
    assert (publication.code, publication.section) == (CODE, "ВПР СПО")
    assert publication.title == "Расписание: второй этап"
    assert publication.audience is Audience.ALL
    assert publication.contact == "support@kabinet.test; 8 800 000-00-00"
    assert publication.published_at == datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
    assert publication.collection is not None
    assert (publication.collection.form_id, publication.collection.form_version) == ("plan", 3)
    assert publication.collection.title == publication.title
    assert publication.collection.late is LatePolicy.REFUSE
    assert loaded.form_source == FORM.decode()
    assert loaded.files == {"План.pdf": b"%PDF plan", "Ключи.zip": b"PK keys"}


def test_s6_files_are_numbered_through_the_publication_with_their_own_instants() -> None:
    (storage,) = load().publication.storages
    first, second = storage.files
    assert (first.number, first.title, first.size, first.attach) == (1, "План", 9, True)
    assert first.available_from == datetime(2021, 8, 30, 17, 41, tzinfo=UTC)
    assert len(first.sha256) == 64
    assert (second.number, second.title, second.attach) == (2, "Для организаций", False)
    assert second.available_from == datetime(2021, 9, 1, 6, 0, tzinfo=UTC)


def test_s7_a_file_for_organisations_only_is_marked() -> None:
    assert [file.organisations_only for file in load().publication.storages[0].files] == [False, True]


def test_s5_the_deadline_is_filled_in_as_the_manual_prints_it() -> None:
    assert "не позднее **18:00 мск 7 сентября 2021 года**." in filled_text(load().publication)


def test_every_placeholder_is_filled() -> None:
    body = "{{opens_at}} | {{ opens_on }} | {{ closes_on }} | {{ published_on }} | {{ contacts }}\n"
    assert filled_text(load(folder(body=body)).publication) == (
        "20:41 мск 30 августа 2021 года | 30 августа 2021 года | 7 сентября 2021 года | 30 августа 2021 года | "
        "support@kabinet.test; 8 800 000-00-00"
    )


def test_control_and_invisible_characters_reach_nobody() -> None:
    head = HEAD.replace('"Расписание: второй этап"', '"Распи\\u00ADсание\\u0007\\nна  год"')
    publication = load(folder(head, "Текст\x00 \x1bс управлением\n")).publication
    assert (publication.title, publication.text) == ("Расписание на год", "Текст с управлением")


def test_contacts_keep_their_signs_in_markdown() -> None:
    head = HEAD.replace("[support@kabinet.test, 8 800 000-00-00]", "a_b_c@kabinet.test")
    assert filled_text(load(folder(head, "{{ contacts }}")).publication) == r"a\_b\_c@kabinet.test"


def test_a_stored_text_with_a_placeholder_that_loading_refuses_is_our_incident() -> None:
    with pytest.raises(Incident, match="unfilled_placeholder"):
        filled_text(replace(load().publication, text="{{ closing }}"))


def test_a_publication_may_be_words_alone() -> None:
    head = "section: Техническая поддержка\ntitle: Куда обратиться\npublished_at: 2021-08-30 20:30\n"
    loaded = load({"publication.md": f"---\n{head}---\nПишите.\n".encode()})
    assert loaded.publication.collection is None
    assert loaded.form_source is None
    assert (loaded.publication.text, loaded.publication.storages) == ("Пишите.", ())


def test_the_authors_choices_are_taken() -> None:
    publication = load(folder(HEAD + "  late: accept\naudience: organisations\nedition: 2\n")).publication
    assert publication.collection is not None
    assert publication.collection.late is LatePolicy.ACCEPT
    assert (publication.audience, publication.edition) == (Audience.ORGANISATIONS, 2)


def test_windows_line_ends_a_byte_order_mark_and_system_droppings_do_no_harm() -> None:
    plain = folder()
    windows = {
        "publication.md": b"\xef\xbb\xbf" + plain["publication.md"].replace(b"\n", b"\r\n"),
        "form.yaml": plain["form.yaml"],
        "files\\План.pdf": plain["files/План.pdf"],
        "files/Ключи.zip": plain["files/Ключи.zip"],
        "files/~$План.pdf": b"lock",
        "files/Thumbs.db": b"x",
        ".DS_Store": b"x",
    }
    assert load(windows) == load(plain)


def test_a_name_with_a_decomposed_letter_is_the_same_name() -> None:
    head = HEAD.replace("План.pdf", "Третий.pdf")
    files = folder(head, files__План=None) | {"files/Третии\u0306.pdf": b"%PDF"}
    del files["files/План.pdf"]
    assert "Третий.pdf" in load(files).files


def test_rescheduling_moves_everything_together_and_the_text_follows() -> None:
    loaded = load()
    opens_at = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    moved = rescheduled(loaded, opens_at, opens_at + timedelta(days=5), opens_at)
    publication = moved.publication
    assert publication.published_at == opens_at
    assert publication.collection is not None
    assert publication.collection.closes_at == opens_at + timedelta(days=5)
    before, after = loaded.publication.storages[0].files, publication.storages[0].files
    assert after[1].available_from - after[0].available_from == before[1].available_from - before[0].available_from
    assert "09:00 мск 29 ноября 2026 года" in filled_text(publication)
    assert loaded.publication.collection != publication.collection


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-09-07 18:00", datetime(2021, 9, 7, 15, tzinfo=UTC)),
        ("2021-09-07T18:00:30", datetime(2021, 9, 7, 15, 0, 30, tzinfo=UTC)),
        ("07.09.2021 9:05", datetime(2021, 9, 7, 6, 5, tzinfo=UTC)),
        ("2021-09-07 18:00+07:00", datetime(2021, 9, 7, 11, tzinfo=UTC)),
        ("2021-09-07 18:00 Z", datetime(2021, 9, 7, 18, tzinfo=UTC)),
        ("2021-09-07", None),
        ("2021-02-30 10:00", None),
        ("2021-09-07 25:00", None),
        ("7 сентября 2021, 18:00", None),
        ("1021-09-07 18:00", None),
        ("09/07/2021 18:00", None),
    ],
)
def test_w25_an_instant_is_moscow_time_unless_it_says_otherwise_and_never_a_guess(
    written: str, expected: datetime | None
) -> None:
    assert parse_instant(written) == expected


MISTAKES = {
    "a key misspelt": (HEAD.replace("section:", "secton:"), "unknown_key", 2, ["secton", "«section»"]),
    "a Russian key": (HEAD.replace("section:", "раздел:"), "unknown_key", 2, ["раздел", "«section»"]),
    "a key written twice": (HEAD + "title: Ещё раз\n", "doubled_key", 18, ["title", "строке 3"]),
    "no title": (HEAD.replace('title: "Расписание: второй этап"\n', ""), "missing_key", 2, ["title"]),
    "an empty title": (HEAD.replace('"Расписание: второй этап"', ""), "missing_key", 3, ["title"]),
    "a title too long": (HEAD.replace("второй этап", "этап " * 60), "too_long", 3, ["title", "250"]),
    "a title with an open colon": (HEAD.replace('"', ""), "broken_yaml", 3, ["кавычки"]),
    "a quote left open": (HEAD.replace('этап"', "этап"), "broken_yaml", 3, ["кавычка"]),
    "a tab": (HEAD.replace("  opens_at", "\topens_at"), "broken_yaml", 16, ["табуляции"]),
    "a control character": (HEAD.replace("План-график", "План\x08"), "broken_yaml", 7, ["управляющий"]),
    "an unknown audience": (HEAD + "audience: organizations\n", "unknown_choice", 18, ["«organisations»"]),
    "a form for coordinators": (HEAD + "audience: coordinators\n", "collection_unseen", 18, ["audience: all"]),
    "an unknown late policy": (HEAD + "  late: acept\n", "unknown_choice", 18, ["late", "«accept»"]),
    "a flag that is none": (HEAD.replace("attach: да", "attach: наверное"), "unknown_choice", 10, ["attach"]),
    "a date without a time": (
        HEAD.replace("30 20:41\ncontacts", "30\ncontacts"),
        "not_an_instant",
        4,
        ["2021-08-30"],
    ),
    "a date that does not exist": (HEAD.replace("07.09", "31.09"), "not_an_instant", 17, ["closes_at", "31.09"]),
    "closing before opening": (HEAD.replace("07.09", "07.08"), "closes_before_opens", 17, ["closes_at", "7 августа"]),
    "closing before it is out": (
        HEAD.replace("published_at: 2021-08-30", "published_at: 2021-09-30"),
        "closes_before_published",
        17,
        ["closes_at", "30 сентября"],
    ),
    "valid until before it is out": (
        HEAD + "valid_until: 2021-08-30 20:41\n",
        "valid_before_published",
        18,
        ["valid_until", "published_at"],
    ),
    "the first edition corrects nothing": (HEAD + "changes: срок\n", "first_edition", 18, ["changes", "edition: 2"]),
    "the first edition is asked for once": (HEAD + "ask_again: да\n", "first_edition", 18, ["ask_again"]),
    "changes too long": (HEAD + f"edition: 2\nchanges: [{'a' * 501}]\n", "too_long", 19, ["changes", "500"]),
    "too many changes": (
        HEAD + f"edition: 2\nchanges: [{', '.join('abc' * 7)}]\n",
        "too_many_changes",
        19,
        ["changes", "20"],
    ),
    "an edition that is no number": (HEAD + "edition: вторая\n", "not_a_number", 18, ["edition", "вторая"]),
    "a file that is missing": (HEAD.replace("План.pdf", "Плана.pdf"), "file_missing", 9, ["Плана.pdf", "«План.pdf»"]),
    "a file listed twice": (HEAD.replace("Ключи.zip", "План.pdf"), "file_doubled", 12, ["План.pdf", "строке 9"]),
    "a path for a name": (HEAD.replace("name: План.pdf", "name: ../План.pdf"), "file_name", 9, ["../План.pdf"]),
    "a name without its suffix": (HEAD.replace("План.pdf", "План"), "file_name", 9, ["«План»"]),
    "a key of the publication in a file": (HEAD.replace("attach:", "section:"), "unknown_key", 10, ["section"]),
    "a file attached before its time": (
        HEAD.replace("organisations_only: true", "attach: yes"),
        "attached_too_early",
        14,
        ["attach", "1 сентября"],
    ),
    "files that are no list": (FILES_OF_WORDS, "not_a_list", 8, ["files"]),
    "a storage without files": (WITHOUT_FILES, "no_files", 7, ["files"]),
    "a collection that is a word": (
        WITHOUT_COLLECTION + "collection: да\n",
        "not_a_block",
        15,
        ["collection"],
    ),
    "a text that is a list": (HEAD.replace("section: ВПР СПО", "section: [ВПР, СПО]"), "not_a_text", 2, ["section"]),
    "contacts of mappings": (HEAD.replace("[support@kabinet.test, 8", "[{a: b}, 8"), "not_texts", 5, ["contacts"]),
    "no mapping at all": ("просто слова\n", "not_a_mapping", 2, ["ключ"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_front_matter_is_told_with_file_line_key_and_the_right_word(name: str) -> None:
    head, code, line, words = MISTAKES[name]
    error = complaint(folder(head))
    assert error.code == f"publications.{code}"
    sentence = str(error)
    assert sentence.startswith(f"Файл {CODE}/publication.md, строка {line}"), sentence
    assert all(word in sentence for word in words), sentence


def test_a_later_edition_says_what_it_corrects_and_whether_it_asks_again() -> None:
    later = HEAD + "edition: 2\nchanges:\n  - Срок сдвинут.\n  - приложен план;\nask_again: да\n"
    later += "valid_until: 2021-10-01 09:00\n"
    loaded = load(folder(later))
    assert loaded.changes == ("Срок сдвинут", "приложен план")
    assert loaded.ask_again
    assert loaded.publication.valid_until == datetime(2021, 10, 1, 6, tzinfo=UTC)
    alone = folder(WITHOUT_COLLECTION + "edition: 2\nask_again: да\n", "Текст.\n", **{"form.yaml": None})
    assert complaint(alone).code == "publications.nothing_to_ask_again"


@pytest.mark.parametrize(
    ("body", "code", "line", "word"),
    [
        ("Добрый день!\n{{ close_at }}\n", "unknown_placeholder", 20, "«closes_at»"),
        ("Добрый день!\n{{ closes_at }\n", "broken_placeholder", 20, "{{ closes_at }}"),
        ("closes_at }}\n", "broken_placeholder", 19, "скобки"),
        ("   \n\n", "no_text", 19, "нет текста"),
        ("а" * 50_001, "text_too_long", 19, "50000"),
    ],
)
def test_a_mistake_in_the_text_is_told_with_its_line(body: str, code: str, line: int, word: str) -> None:
    error = complaint(folder(body=body))
    assert error.code == f"publications.{code}"
    assert str(error).startswith(f"Файл {CODE}/publication.md, строка {line}")
    assert word in str(error)


def test_a_placeholder_without_its_value_is_told() -> None:
    head = "section: ВПР СПО\ntitle: Без сбора\npublished_at: 2021-08-30 20:30\n"
    error = complaint({"publication.md": f"---\n{head}---\nДо {{{{ closes_at }}}}.\n".encode()})
    assert error.code == "publications.placeholder_without_value"
    assert "«collection»" in str(error)


@pytest.mark.parametrize(
    ("files", "code", "words"),
    [
        ({"publication.MD": b"---"}, "no_text_file", ["publication.md", "«publication.MD»"]),
        (folder() | {"form.yml": b""}, "unknown_file", ["form.yml", "«form.yaml»"]),
        ({key: data for key, data in folder().items() if key != "form.yaml"}, "no_form", ["form.yaml", "collection"]),
        (folder(WITHOUT_COLLECTION), "no_collection", ["form.yaml", "collection"]),
        (folder() | {"files/План2.pdf": b"x"}, "file_unlisted", ["План2.pdf", "«План.pdf»"]),
        (folder() | {"files/a/b.pdf": b"x"}, "file_unlisted", ["a/b.pdf"]),
        (folder() | {"files/План.pdf": b""}, "empty_file", ["План.pdf"]),
        (folder() | {"form.yaml": b"form: plan\n"}, "missing_key", ["form.yaml", "version"]),
        (folder() | {"form.yaml": b"form: \xd0\x9f\nversion: 1\n"}, "form_id", ["form.yaml", "строка 1"]),
        (folder() | {"form.yaml": b"form: plan\nversion: one\n"}, "not_a_number", ["form.yaml", "строка 2"]),
        (folder() | {"form.yaml": b"\xff\xfe"}, "not_utf8", ["form.yaml", "строка 1"]),
        (folder() | {"publication.md": "---\nsection: ВПР".encode("cp1251")}, "not_utf8", ["строка 2", "UTF-8"]),
        (folder() | {"publication.md": b"section: x\n"}, "no_front_matter", ["---"]),
        (folder() | {"publication.md": b"---\nsection: x\n"}, "front_matter_open", ["---"]),
        (folder() | {"publication.md": b"---\n" + b"[" * 50_000 + b"\n---\n"}, "broken_yaml", ["строка 2"]),
    ],
)
def test_a_mistake_in_the_folder_is_told(files: dict[str, bytes], code: str, words: list[str]) -> None:
    error = complaint(files)
    assert error.code == f"publications.{code}"
    assert all(word in str(error) for word in words), str(error)


@given(st.binary(max_size=300), st.text(max_size=300), st.binary(max_size=100))
def test_whatever_stands_in_the_files_is_a_publication_or_one_sentence(head: bytes, text: str, form: bytes) -> None:
    for source in (head, b"---\n" + head + b"\n---\ntext", f"---\n{HEAD}---\n{text}".encode("utf-8", "replace")):
        try:
            loaded = load(folder() | {"publication.md": source, "form.yaml": FORM if text else form})
        except ConfigurationError as error:
            said = str(error)
        else:
            said = f"{CODE} {filled_text(loaded.publication)}"
        assert CODE in said


@pytest.mark.parametrize("code", ["Plan", "план", "-plan", "a/b", "", "plan_1", "p" * 64])
def test_the_folders_name_is_a_code(code: str) -> None:
    assert complaint(folder(), code).code == "publications.bad_code"


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, code in (("FILE_BYTES", "file_too_big"), ("ALL_FILES_BYTES", "all_too_big")):
        with monkeypatch.context() as patch:
            patch.setattr(publications, limit, 8)
            assert complaint(folder()).code == f"publications.{code}"
    monkeypatch.setattr(publications, "ATTACHED_BYTES", 8)
    assert complaint(folder()).code == "publications.attached_too_big"


def test_the_number_of_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publications, "FILE_COUNT", 1)
    assert complaint(folder()).code == "publications.too_many_files"


def example(code: str) -> LoadedPublication:
    root = EXAMPLES / code
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return load_publication(code, files)


def test_s3_the_shipped_examples_are_the_sections_and_titles_of_the_manual() -> None:
    codes = sorted(path.parent.name for path in EXAMPLES.glob("*/publication.md"))
    shown = [(example(code).publication.section, example(code).publication.title) for code in codes]
    assert [section for section, _ in shown].count("ВПР СПО") == 3
    assert [section for section, _ in shown].count("Техническая поддержка") == 1
    assert (
        "ВПР СПО",
        "Инструкция по работе в Личном кабинете Федеральной информационной системы оценки качества образования",
    ) in shown


def test_s9_the_collections_of_the_manual_have_its_intervals() -> None:
    schedule = example("vpr-spo-2021-schedule").publication
    participants = example("vpr-spo-2021-participants").publication
    assert schedule.collection is not None
    assert participants.collection is not None
    closes_at = datetime(2021, 9, 7, 15, tzinfo=UTC)
    assert (schedule.collection.opens_at, schedule.collection.closes_at) == (
        datetime(2021, 8, 30, 17, 41, tzinfo=UTC),
        closes_at,
    )
    assert (participants.collection.opens_at, participants.collection.closes_at) == (
        datetime(2021, 8, 30, 17, 56, tzinfo=UTC),
        closes_at,
    )
    for publication in (schedule, participants):
        assert "18:00 мск 7 сентября 2021 года" in filled_text(publication)


def test_the_schedule_carries_the_plan_and_the_plan_opens() -> None:
    from pipeline.forms.reading.read import read_workbook

    loaded = example("vpr-spo-2021-schedule")
    (storage,) = loaded.publication.storages
    (plan,) = storage.files
    assert (storage.title, plan.title, plan.attach) == (plan.title, "План-график ВПР СПО в 2021 году", True)
    book = read_workbook(loaded.files[plan.name])
    assert [sheet.title for sheet in book.sheets] == ["План-график", "Дни проведения"]
    assert len(book.sheets[1].rows) == 27  # a title, a header and the 25 days from 15 September to 9 October


def test_the_guide_names_every_key_and_placeholder() -> None:
    guide = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    keys = {
        *publications._KEYS,
        *publications._STORAGE_KEYS,
        *publications._FILE_KEYS,
        *publications._COLLECTION_KEYS,
    }
    assert [key for key in sorted(keys) if f"`{key}`" not in guide and f"{key}:" not in guide] == []
    assert [name for name in publications._NEEDS if f"{{{{ {name} }}}}" not in guide] == []
