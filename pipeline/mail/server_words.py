"""What a mail server's refusal says: of a letter for now, how long to wait and with what; of a login, what is wrong."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "с": 1, "м": 60, "ч": 3600}
_LONGEST = timedelta(days=1)
# «try again in 5 minutes», «retry after 300», «come back in 2 hours», «повторите через 10 минут»
_IN = re.compile(
    r"(?i)\b(?:again|retry|back|later|wait|delayed?|повторите|попробуйте|подождите)\b[^.;\d]{0,40}?"
    r"(?P<number>\d{1,6})\s*(?P<unit>s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|с|сек\w{0,30}|м|мин\w{0,30}|ч|час\w{0,30})?(?![\w:])"
)
_CLOCK = re.compile(r"(?i)\b(?:again|retry|back|later|wait)\b[^.;\d]{0,40}?(\d{1,2}):(\d{2}):(\d{2})(?!\d)")
_STATUS = re.compile(r"(?<![\d.])4\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_GREY = re.compile(r"(?i)gr[ea]y[- ]?list|postgrey|first time|unknown triplet|серы\w{1,30} спис")
_APP_PASSWORD = re.compile(r"(?i)app(?:lication)?[- ]specific password|app password|пароль приложения|5\.7\.9\b")
_DISABLED = re.compile(
    r"(?i)\bdisabled?\b|\bblocked\b|\blocked\b|suspended|\[expired\]|password (?:has )?expired|отключ|заблокир"
)
_NO_USER = re.compile(
    r"(?i)(?:unknown|no such|invalid|nonexistent) (?:user|account|mailbox)"
    r"|(?:user|account|mailbox) (?:is )?(?:unknown|not found|(?:does not|doesn't) exist)"
    r"|пользовател\w{1,30} не (?:найден|существ)"
)
_BAD_PASSWORD = re.compile(
    r"(?i)(?:invalid|wrong|bad|incorrect) password|password (?:is )?(?:mismatch|incorrect|wrong|invalid)"
    r"|неверный пароль"
)
_EITHER = re.compile(
    r"(?i)credentials|\b(?:user ?name|user|login|account|имя|логин)\b\W{0,3}(?:or|and|или|и|/)\W{0,3}(?:\w{1,30} )?"
    r"(?:password|пароль)"
)
_FAST = re.compile(
    r"(?i)too (?:many|fast|much)|\brate\b|throttl|limit (?:is )?(?:exceeded|reached)|exceeded .{0,30}limit"
    r"|deferred due to|unusual (?:rate|volume)|слишком (?:много|часто)|превышен"
)


def asked_wait(reply: str) -> timedelta | None:
    """Return how long the server asks to wait, at most a day; None when it names no time.

    A number without a unit is seconds. What is not about trying again is passed over: «limit of 500 letters».
    """
    if found := _CLOCK.search(reply):
        hours, minutes, seconds = map(int, found.groups())
        wait = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    elif found := _IN.search(reply):
        unit = (found["unit"] or "s")[0].lower()
        wait = timedelta(seconds=int(found["number"]) * _UNITS[unit])
    else:
        return None
    return min(wait, _LONGEST) if wait else None


def greylists(reply: str) -> bool:
    """Whether the server puts every new sender off once: then each letter needs its own first try, none is held back
    for the others."""
    return bool(_GREY.search(reply))


def slows_down(reply: str) -> bool:
    """Whether a refusal for now is meant for all our letters to that domain, not for this one.

    So say 421 (the service is closing or wants us to stop), an enhanced status 4.7.x (policy; RFC 3463, 3.8), 4.3.2 and
    4.4.5 (the system takes nothing now, congestion), and words about rates and limits.
    """
    if greylists(reply):
        return False
    status = _STATUS.search(reply)
    subject, detail = (status[1], status[2]) if status else ("", "")
    named = subject == "7" or (subject, detail) in (("3", "2"), ("4", "5"))
    return named or reply.startswith("421") or bool(_FAST.search(reply))


def login_refused(reply: str) -> str:
    """Return what a refused login says is wrong: ``no_user``, ``wrong_password``, ``app_password`` (the service wants
    one made for programs), ``disabled``, or ``login_refused`` where it does not say, as most servers do on purpose."""
    if _APP_PASSWORD.search(reply):
        return "app_password"
    if _EITHER.search(reply):
        return "login_refused"
    found = [
        kind
        for kind, words in (("disabled", _DISABLED), ("no_user", _NO_USER), ("wrong_password", _BAD_PASSWORD))
        if words.search(reply)
    ]
    return found[0] if len(found) == 1 else "login_refused"
