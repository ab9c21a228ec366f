"""The mail server of the first run, and what the organisations of the demonstration write."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The mail server of the first run
    "embedded.not_installed": (
        "Встроенный почтовый сервер не установлен: установите kabinet[demo] или укажите свой почтовый сервер "
        "в KABINET_SMTP_HOST и KABINET_IMAP_HOST."
    ),
    "embedded.port_taken": "Порт {port} занят другой программой: освободите его или укажите другой в {variable}.",
    "embedded.not_started": (
        "Встроенный почтовый сервер не запустился ({reason}): запустите ещё раз или укажите свой почтовый сервер "
        "в KABINET_SMTP_HOST и KABINET_IMAP_HOST."
    ),
    "embedded.silent": "нет ответа за {seconds} с",
    "embedded.ended": "программа завершилась с кодом {code}",
    # The demonstration
    "demo.says_good": "Добрый день! Направляем заполненную форму.",
    "demo.says_faulty": "Здравствуйте, форма во вложении.",
    "demo.says_mended": "Исправили, посмотрите, пожалуйста.",
    "demo.says_draft": "Пока не всё, пришлём позже.",
    "demo.says_form": "Здравствуйте!\n\nФорма",
    "demo.subject_draft": "ЧЕРНОВИК Re: {subject}",
}
