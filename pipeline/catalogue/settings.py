"""Settings and the project's own files, as they are read at the start."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Folders
    "folder.unusable": "Папку {path} нельзя использовать ({reason}): задайте другую в {variable}.",
    "folder.missing": "Папки {path} нет: задайте в {variable} папку, где лежат templates, publications и inbox_rules.yaml.",
    "publication.no_folder": "Публикации «{code}» нет: в папке publications есть {known}.",
    # Settings
    "settings.invalid": "Настройка {name} задана неверно: {reason}.",
    "settings.smtp_missing": "Задан приём почты (KABINET_IMAP_HOST), но не отправка: задайте KABINET_SMTP_HOST.",
    "settings.oauth_url_missing": "Задан вход по токену (KABINET_OAUTH_CLIENT_ID), но не сервис: задайте "
    "KABINET_OAUTH_PROVIDER=microsoft, google или KABINET_OAUTH_TOKEN_URL.",
    "settings.imap_missing": "Задана отправка почты (KABINET_SMTP_HOST), но не приём: задайте KABINET_IMAP_HOST.",
    "dkim.half": "Для подписи писем нужны оба: KABINET_DKIM_DOMAIN и KABINET_DKIM_KEY_FILE.",
    "file.unwritable": "Файл {path} не записывается ({reason}): назовите другое место.",
}
