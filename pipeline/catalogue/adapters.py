"""Sentences of the area «adapters»: mail servers that do not answer, folders that cannot be written, taken ports."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "store.url": "Адрес базы данных не подходит: задайте в KABINET_DATABASE_URL sqlite:///путь или "
    "postgresql://пользователь@узел/база.",
    "store.unreachable": "База данных {url} не открывается: {reason}.",
    "store.form_changed": "Форма {form} версии {version} уже опубликована с другим содержанием: увеличьте version.",
    "imap.unreachable": (
        "Сервер входящей почты {host}:{port} не отвечает ({reason}): проверьте KABINET_IMAP_HOST, KABINET_IMAP_PORT "
        "и KABINET_IMAP_TLS; письма целы, запустите ещё раз позже."
    ),
    "imap.broken_off": (
        "Связь с сервером входящей почты {host}:{port} обрывается ({reason}): письма целы, запустите ещё раз позже."
    ),
    "imap.busy": (
        "Сервер входящей почты {host}:{port} сейчас не принимает ({reason}): письма целы, запустите ещё раз позже."
    ),
    "imap.login_refused": (
        "Сервер входящей почты {host}:{port} не принял логин «{user}»: проверьте KABINET_IMAP_USER "
        "и KABINET_IMAP_PASSWORD."
    ),
    "imap.no_tls": (
        "Сервер входящей почты {host}:{port} не предлагает STARTTLS: укажите KABINET_IMAP_TLS=tls с портом 993 "
        "или KABINET_IMAP_TLS=none."
    ),
    "imap.certificate": (
        "Сертификат сервера входящей почты {host}:{port} не проходит проверку ({reason}): укажите имя сервера "
        "из сертификата в KABINET_IMAP_HOST или файл своего удостоверяющего центра в SSL_CERT_FILE."
    ),
    "imap.no_folder": (
        "Папки «{folder}» на сервере входящей почты {host}:{port} нет или она закрыта: проверьте KABINET_IMAP_FOLDERS "
        "и KABINET_IMAP_PROCESSED."
    ),
    "imap.token_refused": (
        "Сервер входящей почты {host}:{port} не принял токен доступа для «{user}»: проверьте KABINET_IMAP_USER "
        "и разрешение на IMAP у приложения."
    ),
    "imap.changed": "Папку «{folder}» пересоздали на сервере во время работы: письма целы, запустите ещё раз.",
    "imap.refused": (
        "Сервер входящей почты {host}:{port} отказался выполнить {command} ({reason}): письма целы, "
        "запустите ещё раз позже."
    ),
    "smtp.unreachable": (
        "Сервер исходящей почты {host}:{port} не отвечает ({reason}): проверьте KABINET_SMTP_HOST, KABINET_SMTP_PORT "
        "и KABINET_SMTP_TLS; письма ждут, запустите ещё раз позже."
    ),
    "smtp.login_refused": (
        "Сервер исходящей почты {host}:{port} не принял логин «{user}»: проверьте KABINET_SMTP_USER "
        "и KABINET_SMTP_PASSWORD."
    ),
    "smtp.no_tls": (
        "Сервер исходящей почты {host}:{port} не предлагает STARTTLS: укажите KABINET_SMTP_TLS=tls с портом 465 "
        "или KABINET_SMTP_TLS=none."
    ),
    "smtp.no_login": (
        "Сервер исходящей почты {host}:{port} не предлагает входа по паролю: уберите KABINET_SMTP_USER "
        "или поправьте KABINET_SMTP_TLS."
    ),
    "smtp.certificate": (
        "Сертификат сервера исходящей почты {host}:{port} не проходит проверку ({reason}): укажите имя сервера "
        "из сертификата в KABINET_SMTP_HOST или файл своего удостоверяющего центра в SSL_CERT_FILE."
    ),
    "smtp.token_refused": (
        "Сервер исходящей почты {host}:{port} не принял токен доступа для «{user}»: проверьте KABINET_SMTP_USER "
        "и разрешение на SMTP у приложения."
    ),
    "oauth.unreachable": (
        "Сервис токенов {url} не отвечает ({reason}): проверьте KABINET_OAUTH_TOKEN_URL; письма целы, "
        "запустите ещё раз позже."
    ),
    "oauth.refused": (
        "Сервис токенов {url} отказал ({reason}): получите новый токен обновления, запишите его в «{path}» "
        "и проверьте KABINET_OAUTH_CLIENT_ID и KABINET_OAUTH_CLIENT_SECRET."
    ),
    "oauth.no_token": "В файле «{path}» нет токена обновления: получите его у почтового сервиса и запишите туда.",
    "oauth.unwritable": "Токен обновления не записать в «{path}» ({reason}): поправьте права или освободите место.",
    "archive.unwritable": "Полученные письма не записать в «{path}» ({reason}): освободите место или поправьте права.",
    "spool.unwritable": "Копии писем не записать в «{path}» ({reason}): освободите место или поправьте права.",
    "embedded.port_taken": "Порт {port} занят другой программой: освободите его или укажите другой в {variable}.",
    "embedded.not_started": (
        "Встроенный почтовый сервер не запустился ({reason}): запустите ещё раз или укажите свой почтовый сервер "
        "в KABINET_SMTP_HOST и KABINET_IMAP_HOST."
    ),
    "embedded.silent": "нет ответа за {seconds} с",
    "embedded.ended": "программа завершилась с кодом {code}",
}
