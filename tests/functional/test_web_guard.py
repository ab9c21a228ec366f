"""Who may ask the page: other hosts, other origins, forged and oversized forms are refused, and nothing is done."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pipeline.errors import ConfigurationError
from pipeline.web.app import PAGES
from pipeline.web.server import PageServer
from tests.functional.browsing import Browser, browser, read
from tests.functional.post import make_post
from tests.functional.test_web_roster import ROSTER

FILE = [("file", ("roster.xlsx", ROSTER))]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("guard"), None, "instruction") as found:
        yield found


def kept(page: Browser) -> list[Path]:
    return list((page.post.settings.state / "uploads").glob("*"))


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test:{port}", ""])
def test_f13_another_host_is_refused(page: Browser, host: str) -> None:
    port = page.http.base_url.port
    answer = page.get("/", Host=host.format(port=port))
    assert answer.status_code in (400, 403)
    assert "С чего начать" not in answer.text


def test_localhost_is_this_machine(page: Browser) -> None:
    assert page.get("/", Host=f"localhost:{page.http.base_url.port}").status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1:{port}", "http://127.0.0.1:4200"])
def test_f13_a_form_of_another_origin_is_refused(page: Browser, origin: str) -> None:
    port = page.http.base_url.port
    token = page.get("/roster").text.partition('name="token" value="')[2][:64]
    headers = {"Origin": origin.format(port=port)}
    answer = page.http.post("/roster", data={"token": token}, files=FILE, headers=headers)
    assert answer.status_code == 403
    assert "ничего не сделано" in answer.text
    assert kept(page) == []


@pytest.mark.parametrize("token", ["", "0" * 64, "я"])
def test_f13_a_form_without_our_token_is_refused(page: Browser, token: str) -> None:
    page.get("/roster")
    answer = page.http.post("/roster", data={"token": token}, files=FILE)
    assert answer.status_code == 403
    assert "Эта форма устарела" in read(answer)
    assert kept(page) == []


def test_a_token_is_good_for_the_browser_it_was_given_to(page: Browser) -> None:
    token = page.get("/roster").text.partition('name="token" value="')[2][:64]
    page.http.cookies.clear()
    page.get("/roster")
    assert page.http.post("/roster", data={"token": token}, files=FILE).status_code == 403
    page.http.cookies.clear()
    assert page.http.post("/roster", data={"token": token}, files=FILE).status_code == 403
    assert kept(page) == []


def test_the_cookie_is_for_this_page_alone(page: Browser) -> None:
    page.http.cookies.clear()
    cookie = page.get("/roster").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("path", ["/no/such/page", *sorted({entry.path for entry in PAGES if "{" not in entry.path})])
def test_every_answer_runs_nothing_and_loads_nothing_from_elsewhere(page: Browser, path: str) -> None:
    answer = page.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["cache-control"] == "no-store"
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert " on" not in "".join(part.partition(">")[0] for part in answer.text.split("<")[1:])


def test_what_is_too_large_is_refused_before_it_is_read(page: Browser) -> None:
    page.get("/roster")
    connection = http.client.HTTPConnection("127.0.0.1", page.http.base_url.port or 0, timeout=30)
    connection.putrequest("POST", "/roster")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(30_000_000_000))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert "слишком большой" in answer.read().decode()
    connection.close()


def test_what_says_no_size_is_read_up_to_the_bound(page: Browser) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield bytes(100_000)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    try:
        answer = page.http.post("/roster", content=endless(), headers=headers)
    except httpx.TransportError:
        return  # the page answered and closed while we were still sending
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"--b", b"--b\r\n\r\n", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", bytes(500)]
)
def test_a_broken_form_is_refused_in_a_sentence(page: Browser, body: bytes) -> None:
    page.get("/roster")
    answer = page.http.post("/roster", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code in (403, 422)
    assert read(answer)


def test_an_address_that_is_none_is_said_to_be_none(page: Browser) -> None:
    answer = page.get("/no/such/page")
    assert answer.status_code == 404
    assert "Такой страницы нет" in read(answer)
    assert page.http.request("DELETE", "/roster").status_code in (404, 405)


def test_f13_where_prefect_asks_for_a_password_the_page_asks_for_the_same(tmp_path: Path) -> None:
    post = make_post(tmp_path, prefect_password="secret word")
    with browser(tmp_path, post, "instruction") as page:
        for given in (None, ("kabinet", "wrong"), ("admin", "secret word"), ("kabinet", "")):
            answer = page.http.get("/", auth=given)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Basic")
            assert "С чего начать" not in answer.text
        assert page.http.get("/page.css").status_code == 401
        assert "С чего начать" in read(page.http.get("/", auth=("kabinet", "secret word")))


def test_a_taken_port_is_one_sentence(page: Browser) -> None:
    port = page.http.base_url.port or 0
    with (
        pytest.raises(ConfigurationError, match="KABINET_WEB_PORT"),
        PageServer(page.post.settings, page.post.context, port),
    ):
        pass
