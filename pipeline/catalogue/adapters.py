"""Sentences of the area «adapters»: mail servers that do not answer, folders that cannot be written, taken ports."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "store.url": "Адрес базы данных не подходит: задайте в KABINET_DATABASE_URL sqlite:///путь или "
    "postgresql://пользователь@узел/база.",
    "store.unreachable": "База данных {url} не открывается: {reason}.",
    "store.not_made": "Базы данных {url} ещё нет: она появится, когда запустят kabinet up или любую другую команду.",
    "store.other_version": (
        "База данных {url} от другой версии программы: обновите программу или запустите kabinet up, база обновится сама."
    ),
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
        "Сервер входящей почты {host}:{port} не принял имя «{user}» или пароль, что из них неверно, он не говорит "
        "({reason}): проверьте KABINET_IMAP_USER и KABINET_IMAP_PASSWORD."
    ),
    "imap.no_user": (
        "Сервер входящей почты {host}:{port} не знает имени «{user}» ({reason}): проверьте KABINET_IMAP_USER."
    ),
    "imap.wrong_password": (
        "Сервер входящей почты {host}:{port} знает имя «{user}», но пароль не подошёл ({reason}): проверьте "
        "KABINET_IMAP_PASSWORD."
    ),
    "imap.app_password": (
        "Сервер входящей почты {host}:{port} для «{user}» принимает только пароль приложения ({reason}): сделайте "
        "его в настройках ящика и укажите в KABINET_IMAP_PASSWORD."
    ),
    "imap.disabled": (
        "Сервер входящей почты {host}:{port} закрыл вход для «{user}» ({reason}): ящик или вход программой отключён, "
        "разрешите его в настройках почты или обратитесь к её администратору."
    ),
    "imap.no_host": (
        "Сервера входящей почты {host} нет ({reason}): проверьте, верно ли написано имя в KABINET_IMAP_HOST; письма целы, "
        "запустите ещё раз позже."
    ),
    "imap.closed": (
        "Сервер входящей почты {host}:{port} не отвечает, соединение отклонено: проверьте, запущен ли он и верны ли "
        "KABINET_IMAP_HOST и KABINET_IMAP_PORT; письма целы, запустите ещё раз позже."
    ),
    "imap.not_tls": (
        "Сервер входящей почты {host}:{port} отвечает без шифрования или не так, как ожидалось ({reason}): проверьте "
        "KABINET_IMAP_PORT и KABINET_IMAP_TLS; письма целы, запустите ещё раз позже."
    ),
    "imap.resting": (
        "{refused_at} сервер входящей почты ({server}) не принял имя или пароль. Чтобы он не заблокировал ящик, до "
        "{until} новых попыток не будет; когда исправите имя или пароль, попытка будет сразу. Проверить сейчас: "
        "kabinet doctor."
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
        "Сервер исходящей почты {host}:{port} не принял имя «{user}» или пароль, что из них неверно, он не говорит "
        "({reason}): проверьте KABINET_SMTP_USER и KABINET_SMTP_PASSWORD."
    ),
    "smtp.no_user": (
        "Сервер исходящей почты {host}:{port} не знает имени «{user}» ({reason}): проверьте KABINET_SMTP_USER."
    ),
    "smtp.wrong_password": (
        "Сервер исходящей почты {host}:{port} знает имя «{user}», но пароль не подошёл ({reason}): проверьте "
        "KABINET_SMTP_PASSWORD."
    ),
    "smtp.app_password": (
        "Сервер исходящей почты {host}:{port} для «{user}» принимает только пароль приложения ({reason}): сделайте "
        "его в настройках ящика и укажите в KABINET_SMTP_PASSWORD."
    ),
    "smtp.disabled": (
        "Сервер исходящей почты {host}:{port} закрыл вход для «{user}» ({reason}): ящик или вход программой отключён, "
        "разрешите его в настройках почты или обратитесь к её администратору."
    ),
    "smtp.no_host": (
        "Сервера исходящей почты {host} нет ({reason}): проверьте, верно ли написано имя в KABINET_SMTP_HOST; письма ждут, "
        "запустите ещё раз позже."
    ),
    "smtp.closed": (
        "Сервер исходящей почты {host}:{port} не отвечает, соединение отклонено: проверьте, запущен ли он и верны ли "
        "KABINET_SMTP_HOST и KABINET_SMTP_PORT; письма ждут, запустите ещё раз позже."
    ),
    "smtp.not_tls": (
        "Сервер исходящей почты {host}:{port} отвечает без шифрования или не так, как ожидалось ({reason}): проверьте "
        "KABINET_SMTP_PORT и KABINET_SMTP_TLS; письма ждут, запустите ещё раз позже."
    ),
    "smtp.resting": (
        "{refused_at} сервер исходящей почты ({server}) не принял имя или пароль. Чтобы он не заблокировал ящик, до "
        "{until} новых попыток не будет; когда исправите имя или пароль, попытка будет сразу. Проверить сейчас: "
        "kabinet doctor."
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
    "webhook.refused": "Сообщение о неполадке не принято по адресу KABINET_ALERT_WEBHOOK (ответ {status}): проверьте "
    "его и KABINET_ALERT_WEBHOOK_TOKEN; попытка повторится через минуту.",
    "webhook.unreachable": "Адрес KABINET_ALERT_WEBHOOK не отвечает ({reason}): сообщение о неполадке не ушло, попытка "
    "повторится через минуту.",
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
