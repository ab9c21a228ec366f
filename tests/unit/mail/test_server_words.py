"""What SMTP servers ask for in words, as they write it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mail.server_words import asked_wait, greylists, login_refused, slows_down


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        ("451 4.7.1 Greylisting in action, please come back later", None),
        ("450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted, try again in 299 seconds", 299),
        ("450 4.7.1 Please try again in 5 minutes", 300),
        ("421 4.7.0 Too many messages, retry after 600", 600),
        ("451 4.7.650 The mail server has been temporarily rate limited. Retry in 1 hour.", 3600),
        ("450 4.7.0 retry in 00:04:59", 299),
        ("451 try again later, in about 2 min", 120),
        ("450 4.7.1 wait 30s", 30),
        ("450 4.7.1 Слишком много писем, повторите через 10 минут", 600),
        ("450 4.7.1 Подождите 1 час", 3600),
        ("452 4.3.1 Insufficient system storage", None),
        ("450 4.7.1 limit of 500 letters an hour", None),
        ("421 4.3.2 try again later", None),
        ("451 4.7.1 try again in 40 days", 86_400),
        ("451 4.7.1 try again in 0 seconds", None),
        ("450 4.2.1 mailbox busy (id 20260101120000), try again", None),
        ("", None),
    ],
)
def test_the_time_that_a_server_names_is_understood(reply: str, seconds: int | None) -> None:
    assert asked_wait(reply) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("reply", "slows"),
    [
        ("421 4.7.0 Too many connections from your address", True),
        ("421 closing", True),
        ("450 4.7.1 Client host rejected: rate limit exceeded", True),
        ("451 4.7.650 temporarily rate limited", True),
        ("452 4.5.3 Too many recipients this minute", True),
        ("451 4.3.2 system not accepting messages", True),
        ("451 4.4.5 congestion", True),
        ("450 Слишком много писем с вашего адреса", True),
        ("450 4.2.0 Greylisted, try again in 299 seconds", False),
        ("451 4.7.1 Greylisting in action", False),
        ("450 4.2.1 mailbox temporarily disabled", False),
        ("452 4.2.2 over quota", False),
        ("451 4.3.0 temporary lookup failure", False),
        ("450 lookup of 4.7.1.2 failed", False),
    ],
)
def test_what_is_meant_for_all_letters_is_told_from_what_is_meant_for_one(reply: str, *, slows: bool) -> None:
    assert slows_down(reply) == slows
    assert not (slows_down(reply) and greylists(reply))


@given(st.text(max_size=300))
def test_any_words_are_judged_and_no_wait_is_absurd(reply: str) -> None:
    wait = asked_wait(reply)
    assert wait is None or timedelta(0) < wait <= timedelta(days=1)
    slows_down(reply)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", "login_refused"),
        ("NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled", "login_refused"),
        ("NO LOGIN failed.", "login_refused"),
        ("535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6", "login_refused"),
        ("535 5.7.8 Username and Password not accepted. Learn more", "login_refused"),
        ("535 Incorrect authentication data", "login_refused"),
        ("NO Invalid login or password", "login_refused"),
        ("NO неверное имя или пароль", "login_refused"),
        ("535 5.7.8 no such user here", "no_user"),
        ("NO User unknown", "no_user"),
        ("535 authentication failed: user not found", "no_user"),
        ("NO account does not exist", "no_user"),
        ("535 5.7.8 bad password", "wrong_password"),
        ("NO Password mismatch", "wrong_password"),
        ("NO [ALERT] Application-specific password required: https://support.google.com", "app_password"),
        ("534 5.7.9 Please log in with your web browser", "app_password"),
        ("535 5.7.0 NEOBHODIM parol prilozheniya / пароль приложения", "app_password"),
        ("NO [EXPIRED] password has expired", "disabled"),
        ("535 5.7.13 user account disabled", "disabled"),
        ("NO account is blocked", "disabled"),
        ("535 unknown user, wrong password", "login_refused"),
    ],
)
def test_e6_a_refused_login_says_what_is_wrong_only_where_the_server_does(reply: str, kind: str) -> None:
    """Item 6: a wrong password is told from an unknown user where the reply lets one, and nowhere else."""
    assert login_refused(reply) == kind
