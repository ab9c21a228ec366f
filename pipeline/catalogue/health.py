"""Sentences of the area «health»: why letters do not arrive, in words for people who know no mail servers."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "undelivered.no_mailbox": "такого ящика нет",
    "undelivered.disabled": "ящик отключён",
    "undelivered.full": "ящик переполнен",
    "undelivered.no_domain": "в адресе неверно то, что после @: такого почтового сервера нет",
    "undelivered.beyond_ascii": "до знака @ в адресе русские буквы, наш почтовый сервер писем на такие адреса не передаёт",
    "undelivered.refused": "почтовый сервер организации отклоняет наши письма",
    "undelivered.unreachable": "почтовый сервер организации не отвечает",
    "undelivered.returned": "письма возвращаются без объяснения",
    "health.alive": "работает",
    "health.doubtful": "под вопросом",
    "health.dead": "не работает",
    "health.task_closed": "{login}: задача «письма не доходят на {address}» закрыта, адрес изменён",
    "health.passed_over": "письма на эти адреса не доходят, поэтому не отправлены: {addresses}",
}
