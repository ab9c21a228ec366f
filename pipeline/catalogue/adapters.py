"""Mail servers, databases and disks that do not do what we need."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The database
    "store.url": "Адрес базы данных не подходит: задайте в KABINET_DATABASE_URL sqlite:///путь или "
    "postgresql://пользователь@узел/база.",
    "store.no_driver": "Для базы PostgreSQL не хватает драйвера psycopg: установите kabinet[postgresql] или задайте в "
    "KABINET_DATABASE_URL адрес sqlite:///путь.",
    "store.unreachable": (
        "База данных {url} не открывается ({reason}): проверьте KABINET_DATABASE_URL, свободное место и права на файл."
    ),
    "store.disk": (
        "База данных {url} не читается или не записывается ({reason}): освободите место на диске и проверьте права; что "
        "уже записано, цело, запустите ещё раз."
    ),
    "store.damaged": (
        "База данных {url} повреждена ({reason}): остановите всё и восстановите её из резервной копии, как сказано в "
        "docs/operations.md."
    ),
    "store.not_made": "Базы данных {url} ещё нет: она появится, когда запустят kabinet up или любую другую команду.",
    "store.other_version": (
        "База данных {url} от другой версии программы: обновите программу или запустите kabinet up, база обновится сама."
    ),
    "store.form_changed": "Форма {form} версии {version} уже опубликована с другим содержанием: увеличьте version.",
    # Incoming mail
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
    "imap.plain": (
        "Сервер входящей почты {host}:{port} не на этом компьютере, а в KABINET_IMAP_TLS задано none: пароль и письма пошли "
        "бы по сети открыто, поэтому не отправлены; задайте tls или starttls, а если эта сеть только ваша, назовите сервер "
        "в KABINET_PLAIN_HOSTS."
    ),
    "imap.no_tls": (
        "Сервер входящей почты {host}:{port} не предлагает шифрования (STARTTLS), пароль ему не отправлен: проверьте "
        "KABINET_IMAP_HOST и KABINET_IMAP_PORT, задайте KABINET_IMAP_TLS=tls с портом 993 и спросите администратора "
        "почтового сервера; если раньше шифрование было, соединение может кто-то прослушивать."
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
    # Outgoing mail
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
    "smtp.plain": (
        "Сервер исходящей почты {host}:{port} не на этом компьютере, а в KABINET_SMTP_TLS задано none: пароль и письма пошли "
        "бы по сети открыто, поэтому не отправлены; задайте tls или starttls, а если эта сеть только ваша, назовите сервер "
        "в KABINET_PLAIN_HOSTS."
    ),
    "smtp.no_tls": (
        "Сервер исходящей почты {host}:{port} не предлагает шифрования (STARTTLS), пароль и письма ему не отправлены: "
        "проверьте KABINET_SMTP_HOST и KABINET_SMTP_PORT, задайте KABINET_SMTP_TLS=tls с портом 465 и спросите "
        "администратора почтового сервера; если раньше шифрование было, соединение может кто-то прослушивать."
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
    # Tokens
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
    "tag_key.broken": (
        "Ключ подписи в файле {path} пуст или испорчен: восстановите файл из резервной копии; если копии нет, удалите его, "
        "и ключ будет сделан заново, но ответы на формы и письма, отправленные раньше, узнаваться не будут, и их придётся "
        "отправить ещё раз."
    ),
    "tag_key.unreadable": (
        "Ключ подписи в файле {path} не читается ({reason}): поправьте права на файл или восстановите его из резервной копии."
    ),
    "tag_key.unwritable": (
        "Ключ подписи не записать в {path} ({reason}): освободите место на диске, поправьте права или задайте ключ в "
        "KABINET_TAG_KEYS."
    ),
    "archive.unwritable": "Полученные письма не записать в «{path}» ({reason}): освободите место или поправьте права.",
    "spool.unwritable": "Копии писем не записать в «{path}» ({reason}): освободите место или поправьте права.",
}
