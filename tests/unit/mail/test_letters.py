"""Letters as people read them: whole texts against golden files, and what every letter must keep to."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jinja2
import pytest

from pipeline.catalogue import plural
from pipeline.errors import Incident
from pipeline.mail.commands.lines import own_subject
from pipeline.mail.commands.reading import is_draft_word, read_command
from pipeline.mail.commands.words import commands_for
from pipeline.mail.letters import render
from pipeline.mail.letters.compose import LOGO_ID
from pipeline.mail.letters.render import Rendered
from pipeline.model import Role
from tests.factories.letters import REPLY_TO, SAMPLES, TEMPLATES, renderer
from tests.golden.letters import FOLDER, golden
from tests.tools.letter_notes import NOTES

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """What a test asks of an HTML part: its visible words, tags with attributes, links, and unclosed elements."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self._quiet = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if tag in VOID:
            return
        self.open.append(tag)
        if (
            self._quiet
            or tag in ("head", "style", "thead")
            or "display:none" in values.get("style", "")
            or values.get("class") == "l"
        ):
            self._quiet += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._quiet = max(0, self._quiet - 1)

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.tags if tag == "a"]


@pytest.fixture(scope="module")
def rendered() -> dict[str, Rendered]:
    letters_of = renderer()
    return {name: letters_of.render(sample.kind, sample.data) for name, sample in SAMPLES.items()}


every_sample = pytest.mark.parametrize("name", SAMPLES)


@every_sample
def test_a_letter_is_word_for_word_its_golden_file(name: str, rendered: dict[str, Rendered]) -> None:
    assert golden(rendered[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_folder_has_a_sample_and_every_sample_a_golden_file() -> None:
    folders = {path.parent.name for path in (TEMPLATES / "letters").glob("*/subject.txt")}
    assert folders == {sample.kind for sample in SAMPLES.values()}
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(SAMPLES)
    for kind in folders:
        assert {"subject.txt", "body.txt", "body.html"} <= {
            path.name for path in (TEMPLATES / "letters" / kind).iterdir()
        }


@every_sample
def test_the_html_part_says_what_the_text_part_says(name: str, rendered: dict[str, Rendered]) -> None:
    page = {word.lower() for word in _words(Page(rendered[name].html).text)}
    said = re.sub(r"^\s*(?:\d+\.|-+|•|>)(?:\s|$)| \(https:\S+\)", " ", rendered[name].text, flags=re.MULTILINE)
    text = {word.lower() for word in _words(said)}
    only_for_buttons = set(
        _words(
            "команды нажмите кнопку откроется готовое письмо его нужно только отправить если кнопка не работает"
            " или написать в поддержку ответить отправителю ответьте на это одним словом"
        )
    )
    # the text part names the column beside each value; on a wide screen the page has it in the table's head
    in_table_heads = set(_words("начало работы подача")) | {
        word.lower() for table in _tables(SAMPLES[name].data) for head in table["header"] for word in _words(head)
    }
    assert text - page - in_table_heads == set()
    numbers_of_lists = set(re.findall(r"^\s*(\d+)\.", rendered[name].text, re.MULTILINE))
    assert page - text - only_for_buttons - numbers_of_lists == set()


@every_sample
def test_a_letter_names_the_support_address_in_both_parts(name: str, rendered: dict[str, Rendered]) -> None:
    assert "support@kabinet.test" in rendered[name].text
    assert "support@kabinet.test" in Page(rendered[name].html).text


@every_sample
def test_s4_the_subject_leads_with_the_outcome_and_ends_with_the_code(name: str, rendered: dict[str, Rendered]) -> None:
    subject, sample = rendered[name].subject, SAMPLES[name]
    if sample.data["code"]:
        assert subject.endswith(f" [{sample.data['code']}]")
    assert len(subject) <= 190
    assert "\n" not in subject


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("accepted", "Принято: "),
        ("accepted-warnings", "Принято, 1 предупреждение: "),
        ("accepted-late", "Принято после срока: "),
        ("rejected", "Не принято, 5 замечаний: "),
        ("rejected-standing", "Не принято, 61 замечание: "),
        ("reminder", "Осталось 3 дня, данные не сданы: "),
        ("reminder-tomorrow", "Завтра последний день, данные не сданы: "),
        ("draft_kept", "Сохранено, но не сдано: "),
        ("digest", "Сдано 1 из 13 на 31.08.2021 21:12 мск: "),
        ("publication", "Заполнить до 07.09.2021 18:00 мск: "),
    ],
)
def test_w23_what_happened_is_the_first_thing_read(name: str, opening: str, rendered: dict[str, Rendered]) -> None:
    assert rendered[name].subject.startswith(opening)


@every_sample
@pytest.mark.parametrize("mark", ["{}", "Re: {}", "RE: Re: {}", "Ответ: {}", "Fwd: {}"])
def test_our_own_subjects_never_act_as_commands_or_draft(name: str, mark: str, rendered: dict[str, Rendered]) -> None:
    own = own_subject(mark.format(rendered[name].subject))
    assert read_command(own) is None
    assert not is_draft_word(own)
    assert "черновик" not in rendered[name].subject.lower()


@pytest.mark.parametrize("name", ["publication", "publication-soon", "form", "rejected", "draft_kept"])
def test_s11_draft_written_where_the_letter_says_is_understood(name: str, rendered: dict[str, Rendered]) -> None:
    assert is_draft_word(own_subject(f"Re: {rendered[name].subject} ЧЕРНОВИК"))


@every_sample
def test_only_commands_of_this_release_and_this_role_are_offered(name: str, rendered: dict[str, Rendered]) -> None:
    coordinator = SAMPLES[name].data["login"].startswith("spo_coord")
    answered = commands_for(Role.COORDINATOR if coordinator else Role.ORGANISATION)
    page = Page(rendered[name].html)
    listed = set(re.findall(r"^  ([А-ЯЁ][^–\n]*?) – ", rendered[name].text, re.MULTILINE))
    asked = set(
        re.findall(
            r"(?:получить|открыть|выбрать|Дальше|Получить|Выполнить): ответьте (.+)$", rendered[name].text, re.MULTILINE
        )
    )
    for offered in listed | asked:
        command = read_command(offered)
        assert command is not None, offered
        assert command.name in answered, offered
    reply_to = SAMPLES[name].data["reply_to"] or REPLY_TO
    buttons = [link for link in page.links if unquote(link.partition("?")[0]) == f"mailto:{reply_to}"]
    words = {parse_qs(urlsplit(link).query)["subject"][0].partition(" [")[0] for link in buttons}
    if SAMPLES[name].kind != "help":  # which lists examples beside words that stand alone
        assert words == (listed | asked if SAMPLES[name].data["reply_to"] else set())
        for word in words:
            assert re.search(rf"или ответьте(?: одним словом)?: {re.escape(word)}", page.text), word


def test_help_lists_every_command_that_is_answered_and_no_other(rendered: dict[str, Rendered]) -> None:
    for name, role in (("help", Role.ORGANISATION), ("help-coordinator", Role.COORDINATOR)):
        listed = re.findall(r"^  ([А-ЯЁ][^–\n]*?) – ", rendered[name].text, re.MULTILINE)
        read = [read_command(line) for line in listed]
        assert {command.name for command in read if command} == commands_for(role)
        assert len(listed) == len(commands_for(role))


@pytest.mark.parametrize("name", ["help", "help-coordinator", "status", "question_passed-alone"])
def test_a_letter_about_no_publication_still_lists_the_commands(name: str, rendered: dict[str, Rendered]) -> None:
    assert "  ПОМОЩЬ – " in rendered[name].text
    assert re.search("Ответьте на (?:это|любое наше) письмо одним словом: ", Page(rendered[name].html).text)


def test_a_button_opens_a_letter_that_is_read_as_its_command(rendered: dict[str, Rendered]) -> None:
    links = [link for link in Page(rendered["publication"].html).links if link.startswith("mailto:exchange")]
    words = ("ФАЙЛ 3", "ФАЙЛЫ", "СКАЧАТЬ ВСЁ", "ФОРМА", "СТАТУС", "ПОМОЩЬ")
    assert len(links) == len(words)
    for link, word in zip(links, words, strict=True):
        address, _, query = link.removeprefix("mailto:").partition("?")
        assert "+" not in address  # webmail reads it as a blank
        assert unquote(address) == REPLY_TO
        subject = unquote(query.removeprefix("subject="))
        assert subject == f"{word} [spo240065-2]"
        assert str(read_command(own_subject(subject))) == word


@every_sample
def test_a_letter_fetches_nothing_and_is_small(name: str, rendered: dict[str, Rendered]) -> None:
    page = rendered[name].html
    assert re.findall(r"<img src=(\S+)", page) == [f'"cid:{LOGO_ID}"']
    page = page.replace(f'<img src="cid:{LOGO_ID}"', "")
    assert not re.search(r"<(img|link|script|iframe|object|form|input)\b|url\(|@import|\ssrc=|background=", page)
    assert len(page.encode()) <= 100_000


def test_an_organiser_may_do_without_a_logo(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES, tmp_path / "templates", ignore=shutil.ignore_patterns("logo.png"))
    plain = render.Renderer(tmp_path / "templates").render("accepted", SAMPLES["accepted"].data)
    assert plain.logo == b""
    assert "<img" not in plain.html


@every_sample
def test_html_is_well_formed_and_readable_aloud(name: str, rendered: dict[str, Rendered]) -> None:
    page = Page(rendered[name].html)
    assert page.open == []
    assert [attributes["lang"] for tag, attributes in page.tags if tag == "html"] == ["ru"]
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels))
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.tags
    assert "prefers-color-scheme:dark" in rendered[name].html


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_has_a_contrast_of_at_least_four_and_a_half(scheme: str) -> None:
    for text, ground in PAIRS[scheme]:
        assert _contrast(text, ground) >= 4.5, (text, ground)


# Text and ground as in _style.html and _base.html; the test below keeps the list to what is used.
PAIRS = {
    "light": [
        ("#1c2733", "#ffffff"),
        ("#55606c", "#ffffff"),
        ("#55606c", "#f4f6f9"),
        ("#14549c", "#ffffff"),
        ("#3c4753", "#eef2f6"),
        ("#14532d", "#e3f3e9"),
        ("#7d1a14", "#fdeae7"),
        ("#5e4300", "#fff3d6"),
        ("#143a66", "#e6eff9"),
    ],
    "dark": [
        ("#e7ebf0", "#1a2028"),
        ("#a8b3bf", "#1a2028"),
        ("#a8b3bf", "#222a34"),
        ("#8ebcf5", "#1a2028"),
        ("#c6cfd9", "#252d37"),
        ("#bfe8cd", "#163526"),
        ("#ffcdc7", "#421d1a"),
        ("#ffe3a1", "#3b2f10"),
        ("#cbdff8", "#182d47"),
        ("#a9ccf8", "#1a2028"),
    ],
}


def test_the_list_of_colour_pairs_is_complete(rendered: dict[str, Rendered]) -> None:
    sources = "".join(
        (TEMPLATES / "letters" / name).read_text() for name in ("_base.html", "_style.html", "_blocks.html")
    )
    used = set(re.findall(r"(?<![-\w])color:(#[0-9a-f]{6})", sources))
    assert used == {text for pairs in PAIRS.values() for text, _ in pairs}


def test_s5_links_of_the_announcement_are_kept_in_both_parts(rendered: dict[str, Rendered]) -> None:
    assert "https://example.org/instruction.pdf" in Page(rendered["publication"].html).links
    assert "инструкцией (https://example.org/instruction.pdf)" in rendered["publication"].text


def test_s6_sent_and_downloaded_are_two_words(rendered: dict[str, Rendered]) -> None:
    files = rendered["publication"].text.split("1. План-график")[1].split("СБОР ДАННЫХ")[0]
    plan, keys, advice = re.split(r"^[23]\. ", files, flags=re.MULTILINE)
    assert "доступен для скачивания с 30 августа 2021 года, 20:41 мск" in plan
    assert "отправлен с этим письмом" in plan
    assert "ФАЙЛ 1" not in plan
    assert "будет доступен для скачивания с 14 сентября 2021 года, 08:00 мск" in keys
    assert "ответьте" not in keys
    assert "Еще не скачивался\n   получить: ответьте ФАЙЛ 3\n" in advice
    listed = rendered["file_list"].text
    assert "отправлен с письмом 30 августа 2021 года, 20:41 мск" in listed
    assert "скачан 31 августа 2021 года, 09:12 мск" in listed


def test_s7_an_organisation_only_file_is_listed_for_the_coordinator_with_the_reason(
    rendered: dict[str, Rendered],
) -> None:
    keys = rendered["coordinator_publication"].text.split("2. Ключи")[1].split("СБОР ДАННЫХ")[0]
    assert "только для образовательных организаций: координатору не выдается" in keys


def test_s9_the_block_of_the_collection_says_the_seeds_words(rendered: dict[str, Rendered]) -> None:
    text = rendered["publication"].text
    assert "Открыт: с 30 августа 2021 года, 20:41 мск до 7 сентября 2021 года, 18:00 мск" in text
    assert "Вы можете заполнить форму. Прием открыт." in text
    assert "Закрыт: " in rendered["closing"].text


def test_s12_s13_the_digest_has_the_four_figures_and_the_lists(rendered: dict[str, Rendered]) -> None:
    text = rendered["digest"].text
    assert "Всего: 13\nНе приступило: 9\nВ работе: 3\nСдано: 1\n" in text
    assert "Сдано; начало работы 27.08.2021 13:37; подача 27.08.2021 13:56; исправление не принято" in text
    begun, waiting = text.split("НЕ ПРИСТУПИЛИ К СБОРУ ДАННЫХ")
    assert "spo240071" in begun
    assert "spo240072" not in begun
    assert "spo240072" in waiting


def test_s2_a_letter_to_a_writer_who_is_not_known_gives_nothing_away() -> None:
    data = {
        **SAMPLES["rejected"].data,
        **SAMPLES["held"].data,
        "login": "spo240065",
        "name": "Лицей",
        "reply_to": REPLY_TO,
    }
    for kind in ("held", "notice"):
        held = renderer().render(kind, data)
        _gives_nothing_away(held)


def _gives_nothing_away(held: Rendered) -> None:
    for secret in ("spo240065", "Лицей", "Расписание", "ВПР", "k7q2mzx4pd3f"):
        assert secret not in held.subject + held.text + held.html


def test_a_digest_of_a_large_region_stays_under_the_size_and_says_how_many_are_left_out() -> None:
    sample = SAMPLES["digest"].data
    row, waiting = sample["participants"][2], sample["not_started"][1]
    data = {**sample, "participants": [row] * 700, "not_started": [waiting] * 900}
    digest = renderer().render("digest", data)
    assert len(digest.html.encode()) < 100_000
    for part in (digest.text, Page(digest.html).text):
        assert "И еще 660 организаций" in part
        assert "И еще 840 организаций" in part


def test_a_receipt_for_a_large_form_stays_under_the_size_and_says_how_many_rows_are_left_out() -> None:
    sample = SAMPLES["accepted"].data
    table = sample["values"][0]
    data = {**sample, "values": [{**table, "rows": table["rows"] * 25}], "values_left": 80}
    accepted = renderer().render("accepted", data)
    assert len(accepted.html.encode()) < 100_000
    shown = accepted.text.count("- Предмет: ")
    assert 30 < shown < 100
    left = plural(100 - shown + 80, "строка", "строки", "строк")
    assert f"И еще {left}: " in accepted.text
    assert f"И еще {left}: " in Page(accepted.html).text


@pytest.mark.parametrize(
    ("name", "part", "left"),
    [("status", "items", "И еще 260 сборов данных"), ("which", "choices", "И еще 220 организаций")],
)
def test_a_long_list_is_cut_and_says_how_many_are_left_out(name: str, part: str, left: str) -> None:
    sample = SAMPLES[name]
    letter = renderer().render(sample.kind, {**sample.data, part: (sample.data[part] * 150)[:300]})
    assert len(letter.html.encode()) < 100_000
    assert left in letter.text
    assert left in Page(letter.html).text


def test_long_cells_do_not_take_a_receipt_over_the_size() -> None:
    sample = SAMPLES["accepted"].data
    table = {"sheet": "Л", "header": ["Графа с длинным названием " * 3] * 12, "rows": [["Ж" * 3000] * 12] * 100}
    assert len(renderer().render("accepted", {**sample, "values": [table]}).html.encode()) < 100_000


def test_a_sheet_of_many_columns_is_shown_a_value_a_line() -> None:
    header = [f"Графа {number}" for number in range(1, 13)]
    table = {"sheet": "ШИРОКИЙ", "header": header, "rows": [[str(number) for number in range(1, 13)]]}
    page = Page(renderer().render("accepted", {**SAMPLES["accepted"].data, "values": [table]}).html)
    assert "Графа 12: 12" in page.text


def test_the_same_value_in_two_columns_keeps_both_names() -> None:
    table = {"sheet": "Л", "header": ["А", "Б"], "rows": [["5", "5"]]}
    text = renderer().render("accepted", {**SAMPLES["accepted"].data, "values": [table]}).text
    assert "- А: 5; Б: 5\n" in text


def test_what_people_wrote_is_shown_and_never_obeyed() -> None:
    sample = SAMPLES["rejected"].data
    finding = {**sample["findings"][0], "value": "<script>alert(1)</script>", "sheet": "<b>Лист</b>"}
    page = renderer().render("rejected", {**sample, "findings": [finding], "file_name": '"><img src=x>.xlsx'}).html
    assert "<script>" not in page
    assert "<b>Лист" not in page
    assert "<img src=x" not in page
    assert "<script>alert(1)</script>" in Page(page).text


@every_sample
def test_no_value_reaches_a_page_unescaped(name: str) -> None:
    page = renderer().render(SAMPLES[name].kind, _poisoned(SAMPLES[name].data)).html
    assert "<i>" not in page
    assert "&lt;i&gt;" in page


def test_pages_import_shared_words_as_html() -> None:
    """A macro of a plain file would put values into a page unescaped."""
    for path in (TEMPLATES / "letters").rglob("*.html"):
        assert not re.search(r'(?:import|from|include|extends) "letters/[^"]*\.(?:jinja|txt)"', path.read_text()), path


def test_a_missing_value_is_an_error_and_no_gap_in_a_letter() -> None:
    data = {key: value for key, value in SAMPLES["rejected"].data.items() if key != "errors"}
    with pytest.raises(jinja2.UndefinedError):
        renderer().render("rejected", data)


def test_an_unknown_kind_is_an_incident() -> None:
    with pytest.raises(Incident) as caught:
        renderer().render("no_such_letter", {})
    assert caught.value.what == "letter.unknown_kind"


@pytest.mark.parametrize(
    ("octets", "words"),
    [(10, "1 КБ"), (35_840, "35 КБ"), (1_258_291, "1,2 МБ"), (1_040_000, "1 МБ"), (26_214_400, "25 МБ")],
)
def test_sizes_are_written_as_mail_clients_do(octets: int, words: str) -> None:
    assert render.size(octets) == words


def test_a_long_title_is_cut_at_a_word() -> None:
    assert render.shorten("Сбор данных об участниках, обучающихся", 27) == "Сбор данных об участниках…"
    assert render.shorten("Сбор  данных", 27) == "Сбор данных"


def _poisoned(value: Any, key: str = "") -> Any:
    """The same data with a tag in every text that people write."""
    if isinstance(value, Mapping):
        return {name: _poisoned(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_poisoned(inner, key) for inner in value]
    keys = (
        "name title section text message value sheet column header rows file_name sender subject service flags repaired"
    )
    return f"{value}<i>" if isinstance(value, str) and key in keys.split() else value


def _tables(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tables of values that a letter shows."""
    nested = [table for item in data.get("items", []) for table in item.get("tables", [])]
    return [*data.get("values", []), *nested]


def _words(text: str) -> list[str]:
    return re.findall(r"[\w№-]+", text.lower())


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3: contrast ratio of two sRGB colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_kind_has_its_picture_and_a_note_of_what_was_mended() -> None:
    kinds = {sample.kind for sample in SAMPLES.values()}
    assert set(NOTES) == kinds
    folder = TEMPLATES.parent / "docs" / "pictures"
    assert {path.stem.removeprefix("letter-") for path in folder.glob("letter-*.png")} == kinds
    page = (folder / "README.md").read_text(encoding="utf-8")
    for kind in kinds:
        assert f"(letter-{kind}.png)" in page
