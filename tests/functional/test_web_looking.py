"""The rest of the page: a form alone, reports and files to fetch, the letters of a login, handing over to Prefect."""

from __future__ import annotations

import ast
import base64
import http.server
import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest

from flows import links
from pipeline.console.acts import BY_KEY
from pipeline.errors import UnreachableError
from pipeline.forms.definition.form import load_form
from pipeline.model import ReportKind
from pipeline.settings import PROJECT
from pipeline.store import letters, reports
from pipeline.web.prefect import PrefectRuns
from tests.factories.folders import FORM
from tests.functional.browsing import Browser, browser, read
from tests.functional.published import published_post
from tests.functional.world import SCHEDULE


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("looking")
    with browser(folder, published_post(folder), SCHEDULE) as found:
        yield found


def fetched(page: Browser, shown: str, words: str) -> bytes:
    found = re.search(rf'href="([^"]+)">{words}', shown)
    assert found is not None, words
    answer = page.get(found[1])
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def table() -> bytes:
    """Somebody's own form of hot meals: a title, headings, a list."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Питание"
    for row in (["Сведения о горячем питании"], ["Класс", "Учеников", "Дата проверки"], ["1А", 25, "01.09.2026"]):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_an_excel_form_becomes_a_form_with_its_doubts_and_a_workbook(page: Browser) -> None:
    shown = page.send("/form", files=[("file", ("Питание.xlsx", table()))])
    assert "Форма сделана из вашей таблицы" in read(shown)
    assert "Что мы угадали" in read(shown)
    form = load_form(fetched(page, shown.text, "Скачать form.yaml").decode(), "form.yaml")
    assert [column.title for column in form.sheets[0].columns] == ["Класс", "Учеников", "Дата проверки"]
    assert "Питание" in openpyxl.load_workbook(io.BytesIO(fetched(page, shown.text, "Скачать форму Excel"))).sheetnames


def test_a_form_yaml_is_checked_and_built(page: Browser) -> None:
    shown = page.send("/form", files=[("file", ("form.yaml", FORM.encode()))])
    assert "В описании формы ошибок нет" in read(shown)
    assert "Лист" in openpyxl.load_workbook(io.BytesIO(fetched(page, shown.text, "Скачать форму Excel"))).sheetnames


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("form.yaml", FORM.replace("type: int", "type: integer").encode(), "строка 12"),
        ("form.yaml", b"\xff\xfe\x00a", "UTF-8"),
        ("form.yaml", b"", "form.yaml"),
        ("Форма.xlsx", b"PK\x03\x04 broken", "Форма.xlsx"),
        ("<b>.yaml", b"x: [", "Не получилось"),
    ],
)
def test_a_wrong_form_is_told_with_its_place(page: Browser, name: str, data: bytes, said: str) -> None:
    shown = page.send("/form", files=[("file", (name, data))])
    assert shown.status_code == 422
    assert said in read(shown)
    assert "<b>" not in shown.text.partition("<main")[2].replace("<b></b>", "")


def test_reports_are_listed_with_their_state_and_fetched_when_ready(page: Browser) -> None:
    with page.post.context() as context, context.store.transaction() as session:
        forming = reports.create(session, ReportKind.EXPORT, SCHEDULE, None, None, page.post.now)
        ready = reports.create(session, ReportKind.PARTICIPANTS, SCHEDULE, "24", None, page.post.now)
        sha256 = context.archive.put(b"workbook")
        reports.ready(session, ready.number, "Участники.xlsx", sha256, page.post.now)
    shown = page.get("/files")
    assert "формируется" in read(shown)
    answer = page.get(f"/files/report/{ready.number}")
    assert answer.content == b"workbook"
    assert "%D0%A3%D1%87" in answer.headers["content-disposition"]
    assert f"Скачать отчёт №{ready.number}" in read(shown)
    assert "ещё не готов" in read(page.get(f"/files/report/{forming.number}"))
    assert "нет" in read(page.get("/files/report/999"))


def test_what_runs_have_left_is_fetched_and_nothing_else(page: Browser) -> None:
    folder = page.post.settings.state / "downloads"
    (folder / "просмотр").mkdir(parents=True)
    (folder / "просмотр" / "Список & логины.xlsx").write_bytes(b"book")
    (folder / "page.html").write_bytes(b"<script>alert(1)</script>")
    shown = page.get("/files")
    assert fetched(page, shown.text, "просмотр/Список &amp; логины.xlsx") == b"book"
    linked = links.address("downloads/просмотр/Список & логины.xlsx")  # as the page of a run has it
    assert linked is not None
    assert page.get(urlsplit(linked).path).content == b"book"
    html = page.get("/files/kept/page.html")
    assert html.headers["content-disposition"].startswith("attachment")
    assert html.headers["content-type"] == "application/octet-stream"
    for name in ("../tag.key", "..%2Ftag.key", "%2e%2e/kabinet.db", "/etc/passwd"):
        assert page.get(f"/files/kept/{name}").status_code in (404, 422)


def test_letters_of_a_login_are_listed_and_each_can_be_opened(page: Browser) -> None:
    for asked in ("spo240065", "SPO240065", "spo240065@school.test"):
        shown = page.http.get("/letters", params={"login": asked})
        assert "Публикация" in read(shown)
        assert "spo240065@school.test" in read(shown)
    number = re.findall(r'href="/letters/(\d+)"', shown.text)[0]
    opened = page.get(f"/letters/{number}")
    assert "Расписание проведения ВПР СПО" in read(opened)
    whole = fetched(page, opened.text, "Скачать письмо целиком")
    with page.post.context() as context, context.store.reading() as session:
        letter = letters.letter(session, int(number))
    assert letter is not None
    assert letter.message_id.encode() in whole
    assert "Писем нет" in read(page.get("/letters?login=%3Cscript%3E"))
    assert "нет" in read(page.get("/letters/99999"))


def test_what_is_kept_for_a_visit_is_not_there_for_ever(page: Browser) -> None:
    answer = page.get("/shelf/unknown")
    assert answer.status_code == 404
    assert "обновите её" in read(answer)


@contextmanager
def prefect(answers: dict[str, Any], asked: list[tuple[str, str | None, Any]], busy: int = 0) -> Iterator[int]:
    """Stands for Prefect's API: answers by the end of the path, when it has been too busy ``busy`` times."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, self.headers["Authorization"], body))
            found = next((answer for path, answer in answers.items() if self.path.endswith(path)), None)
            if len(asked) <= busy:
                self.send_error(503)
                return
            self.send_response(200 if found is not None else 500)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_run_is_begun_through_prefects_own_api() -> None:
    asked: list[tuple[str, str | None, Any]] = []
    with prefect({"deployments/filter": [{"id": "d1"}], "create_flow_run": {"id": "r1"}}, asked) as port:
        runs = PrefectRuns(port, "secret word")
        assert runs.start("roster", {"path": "x.xlsx"}) == f"http://127.0.0.1:{port}/v2/runs/flow-run/r1"
    (found, given) = asked
    assert found[2] == {"deployments": {"name": {"any_": [BY_KEY["roster"].name]}}}
    assert given[0] == "/api/deployments/d1/create_flow_run"
    assert given[2] == {"parameters": {"path": "x.xlsx"}}
    assert base64.b64decode((given[1] or "").removeprefix("Basic ")) == b"kabinet:secret word"


@pytest.mark.parametrize("answers", [{"deployments/filter": []}, {}, {"deployments/filter": [{"id": "d1"}]}])
def test_when_prefect_cannot_begin_a_run_that_is_one_sentence(answers: dict[str, Any]) -> None:
    with prefect(answers, []) as port, pytest.raises(UnreachableError, match="кнопку снова"):
        PrefectRuns(port).start("roster", {})


def test_a_prefect_that_is_busy_for_a_moment_is_asked_again() -> None:
    """Its database is locked now and then under load: 503, and nothing was begun."""
    with prefect({"deployments/filter": [{"id": "d1"}], "create_flow_run": {"id": "r1"}}, [], busy=2) as port:
        assert PrefectRuns(port).start("roster", {}).endswith("/flow-run/r1")


PAGES = sorted((PROJECT / "pipeline" / "web" / "pages").glob("[a-z]*.py"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_holds_no_logic_of_its_own(path: Path) -> None:
    """It writes no row, sends no letter and changes no state: steps do. A short module of short functions is left."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"transaction", "brief", "open_transport", "open_mailbox", "execute", "write_bytes", "unlink"}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert all((node.end_lineno or 0) - node.lineno < 40 for node in functions)
