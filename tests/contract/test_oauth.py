"""XOAUTH2: tokens refreshed before a session, rotated refresh tokens never lost (M22); real Dovecot, an SMTP sink."""

from __future__ import annotations

import base64
import json
import multiprocessing
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mailbox import ImapMailbox, ImapSettings
from pipeline.model import SendOutcome
from pipeline.oauth import OAuthSettings, TokenSource
from pipeline.outbox import SmtpSettings, SmtpTransport
from pipeline.settings import load_settings
from tests.systems.dovecot import Dovecot, run_dovecot
from tests.systems.programs import free_port
from tests.systems.tokens import TokenProvider, token_provider

USER = "exchange.oauth@kabinet.test"


@pytest.fixture
def provider() -> Iterator[TokenProvider]:
    with token_provider(USER) as provider:
        yield provider


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "refresh.token"
    path.write_text("refresh-0\n", encoding="ascii")
    return path


def source(provider: TokenProvider, file: Path) -> TokenSource:
    return TokenSource(OAuthSettings(provider.url, "client", file, "word", "scope", 5))


def kept(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def test_a_token_is_asked_for_once_and_kept_while_it_lives(provider: TokenProvider, file: Path) -> None:
    assert source(provider, file).access_token() == "access-1"
    assert source(provider, file).access_token() == "access-1"
    assert provider.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "client_id": "client",
            "client_secret": "word",
            "scope": "scope",
        }
    ]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_m22_a_rotated_refresh_token_is_on_the_disk_before_anything_uses_it(
    provider: TokenProvider, file: Path
) -> None:
    tokens = source(provider, file)
    for number in range(1, 4):
        assert tokens.access_token(fresh=True) == f"access-{number}"
        assert kept(file)["refresh_token"] == provider.refresh == f"refresh-{number}"
    assert [path.name for path in file.parent.iterdir() if not path.name.endswith(".lock")] == [file.name]


def test_m22_a_token_about_to_end_is_refreshed_before_a_session(provider: TokenProvider, file: Path) -> None:
    provider.lives = 200
    tokens = source(provider, file)
    assert [tokens.access_token(), tokens.access_token()] == ["access-1", "access-2"]


def test_m22_two_at_once_refresh_once(provider: TokenProvider, file: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(source(provider, file).access_token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["access-1"] * 8
    assert len(provider.asked) == 1


def test_m22_two_processes_refresh_once(provider: TokenProvider, file: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    with context.Pool(3) as pool:
        found = pool.starmap(_token, [(provider.url, file)] * 3)
    assert found == ["access-1"] * 3
    assert len(provider.asked) == 1


def _token(url: str, file: Path) -> str:
    return TokenSource(OAuthSettings(url, "client", file)).access_token()


def test_m22_what_cannot_be_written_is_told_and_leaves_the_old_file(
    provider: TokenProvider, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.oauth.os.fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        source(provider, file).access_token()
    assert file.read_text(encoding="ascii") == "refresh-0\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 200,
        b'{"refresh_token": "refr',
        b'{"refresh_token": 7}',
        b'{"a": ' + b"[" * 100_000,
        b"refresh\ntoken",
    ],
)
def test_f6_m48_a_token_file_that_is_not_whole_is_refused(provider: TokenProvider, file: Path, content: bytes) -> None:
    """A full disk and a crash leave such files; a part of a token is no token, and is not sent to anybody."""
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="нет токена обновления"):
        source(provider, file).access_token()
    assert provider.asked == []


def test_f6_m48_an_end_that_is_no_number_is_refreshed(provider: TokenProvider, file: Path) -> None:
    file.write_text('{"refresh_token": "refresh-0", "access_token": "old", "expires_at": "soon"}', encoding="ascii")
    assert source(provider, file).access_token() == "access-1"


def test_a_provider_without_rotation_keeps_its_refresh_token(provider: TokenProvider, file: Path) -> None:
    provider.answers.append((200, '{"access_token": "google", "expires_in": 3599}'))
    assert source(provider, file).access_token() == "google"
    assert kept(file)["refresh_token"] == "refresh-0"


def test_a_refused_refresh_token_is_one_sentence(provider: TokenProvider, file: Path) -> None:
    file.write_text("revoked", encoding="ascii")
    with pytest.raises(ConfigurationError, match="invalid_grant") as caught:
        source(provider, file).access_token()
    assert "revoked" not in str(caught.value)
    assert file.read_text(encoding="ascii") == "revoked"


@pytest.mark.parametrize("answer", [(503, "busy"), (200, "<html>"), (400, '{"error": "temporarily_unavailable"}')])
def test_a_provider_in_trouble_is_asked_again_later(
    provider: TokenProvider, file: Path, answer: tuple[int, str]
) -> None:
    provider.answers.append(answer)
    with pytest.raises(UnreachableError, match="не отвечает"):
        source(provider, file).access_token()
    assert source(provider, file).access_token().startswith("access-")


def test_no_provider_and_no_file_are_one_sentence(tmp_path: Path, file: Path) -> None:
    with pytest.raises(UnreachableError, match="не отвечает"):
        TokenSource(OAuthSettings(f"http://127.0.0.1:{free_port()}/token", "c", file)).access_token()
    with pytest.raises(ConfigurationError, match="нет токена обновления"):
        TokenSource(OAuthSettings("http://127.0.0.1:1/token", "c", tmp_path / "none")).access_token()


# -- the mail servers -----------------------------------------------------------------------------------------------


@pytest.fixture
def dovecot(provider: TokenProvider) -> Iterator[Dovecot]:
    yield from run_dovecot(tokeninfo=provider.tokeninfo)


def imap(dovecot: Dovecot, tokens: TokenSource, user: str = USER) -> ImapSettings:
    return ImapSettings("127.0.0.1", dovecot.imap_port, user, "", "none", 10, tokens)


@pytest.mark.system("dovecot")
def test_m22_the_mailbox_opens_by_token_and_a_cut_session_goes_on(
    provider: TokenProvider, dovecot: Dovecot, file: Path
) -> None:
    tokens = source(provider, file)
    dovecot.deliver(USER, b"Subject: token\r\n\r\n.\r\n")
    with ImapMailbox(imap(dovecot, tokens)) as mailbox:
        mailbox.select("INBOX")
        assert len(mailbox.uids()) == 1
        # Revoked before its time, and the connection breaks: a new token is asked for by itself.
        provider.valid.clear()
        dovecot.kick(USER)
        assert len(list(mailbox.fetch(mailbox.uids()))) == 1
    assert provider.valid == {"access-2"}
    assert kept(file)["refresh_token"] == "refresh-2"


@pytest.mark.system("dovecot")
def test_a_token_that_the_mailbox_does_not_take_is_one_sentence(
    provider: TokenProvider, dovecot: Dovecot, file: Path
) -> None:
    settings = imap(dovecot, source(provider, file), "someone.else@kabinet.test")
    with pytest.raises(ConfigurationError, match="не принял токен") as caught, ImapMailbox(settings):
        pass
    assert "access-" not in str(caught.value)


class TokenSink:
    """Takes letters from whoever brings a good token."""

    def __init__(self, provider: TokenProvider) -> None:
        self.provider = provider
        self.taken: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        said = base64.b64decode(words[1]).decode()
        token = said.partition("auth=Bearer ")[2].rstrip("\x01")
        if said.startswith(f"user={USER}\x01") and token in self.provider.valid:
            return AuthResult(success=True)
        answer = await server.challenge_auth('{"status":"401"}')  # both providers tell why, and want an empty line
        assert answer == b""
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def smtp(provider: TokenProvider) -> Iterator[tuple[TokenSink, int]]:
    sink, port = TokenSink(provider), free_port()
    controller = Controller(
        sink, hostname="127.0.0.1", port=port, auth_require_tls=False, auth_exclude_mechanism=["LOGIN"]
    )
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


def test_m22_letters_leave_by_token_and_a_revoked_one_is_replaced(
    provider: TokenProvider, file: Path, smtp: tuple[TokenSink, int]
) -> None:
    sink, port = smtp
    tokens = source(provider, file)
    settings = SmtpSettings("127.0.0.1", port, USER, None, "none", 5, 5, tokens)
    with SmtpTransport(settings) as transport:
        assert transport.send(USER, "org@org.test", b"Subject: a\r\n\r\n.\r\n").outcome is SendOutcome.SENT
    provider.valid.clear()
    with SmtpTransport(settings) as transport:
        assert transport.send(USER, "org@org.test", b"Subject: b\r\n\r\n.\r\n").outcome is SendOutcome.SENT
    assert len(sink.taken) == 2
    assert provider.refresh == kept(file)["refresh_token"] == "refresh-2"


def test_a_token_that_smtp_does_not_take_is_one_sentence(
    provider: TokenProvider, file: Path, smtp: tuple[TokenSink, int]
) -> None:
    settings = SmtpSettings("127.0.0.1", smtp[1], "else@kabinet.test", None, "none", 5, 5, source(provider, file))
    with pytest.raises(ConfigurationError, match="не принял токен"), SmtpTransport(settings):
        pass


@pytest.mark.parametrize(
    ("provider_name", "url"),
    [
        ("microsoft", "https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token"),
        ("google", "https://oauth2.googleapis.com/token"),
    ],
)
def test_settings_name_the_provider(provider_name: str, url: str, tmp_path: Path) -> None:
    settings = load_settings(
        state=tmp_path,
        smtp_host="smtp.example.org",
        imap_host="imap.example.org",
        oauth_provider=provider_name,
        oauth_client_id="client",
        oauth_tenant="tenant-1",
    )
    for tokens in (settings.imap().tokens, settings.smtp().tokens):
        assert tokens is not None
        assert tokens._settings.token_url == url
        assert tokens._settings.file == tmp_path / "oauth.json"
    assert settings.smtp().user == settings.imap().user == settings.address
    with pytest.raises(ConfigurationError, match="KABINET_OAUTH_PROVIDER"):
        load_settings(smtp_host="s", imap_host="i", oauth_client_id="c").imap()
    with pytest.raises(ConfigurationError, match="KABINET_OAUTH_TOKEN_URL"):
        load_settings(oauth_token_url="http://example.org/token")
