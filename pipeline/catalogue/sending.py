"""Sentences about letters that wait to be sent, and about how they are signed."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "deliver.domain_waits": "Домен {domain} просит подождать: письма туда не отправляются до {until}. Ответ: {reply}",
    "deliver.server_waits": "Сервер исходящей почты просит подождать: письма не отправляются до {until}. Ответ: {reply}",
    "deliver.campaigns_wait": (
        "Рассылки ждут до {until}: сервер откладывает письма одно за другим, ответы на обращения отправляются. Снизьте "
        "скорость (KABINET_SEND_PER_MINUTE) или спросите у почтового провайдера. Ответ: {reply}"
    ),
    "deliver.refused": "отклонено {refused} из последних {of} писем, проверьте адреса: kabinet letters --failed",
    "dkim.key": (
        "В файле KABINET_DKIM_KEY_FILE нет закрытого ключа RSA (от 1024 бит) или Ed25519 в формате PEM без пароля: "
        "сделайте его командой openssl genrsa 2048 или openssl genpkey -algorithm ed25519."
    ),
    "dkim.name": (
        "Имена «{domain}» и «{selector}» не годятся для DNS: поправьте KABINET_DKIM_DOMAIN и KABINET_DKIM_SELECTOR."
    ),
    "dkim.half": "Для подписи писем нужны оба: KABINET_DKIM_DOMAIN и KABINET_DKIM_KEY_FILE.",
    "doctor.dkim_record": "Подпись писем (DKIM). В DNS должна быть запись:\n{record}",
    "doctor.dkim_aligned": "Домен подписи {domain} соответствует адресу {address}: проверка DMARC по подписи пройдет.",
    "doctor.dkim_not_aligned": (
        "Домен подписи {domain} не соответствует адресу {address}: получатели не примут подпись за вашу (DMARC). "
        "Поправьте KABINET_DKIM_DOMAIN."
    ),
    "doctor.dkim_off": (
        "Письма подписывает почтовый провайдер. Если писем идет много через свой сервер, задайте KABINET_DKIM_DOMAIN "
        "и KABINET_DKIM_KEY_FILE."
    ),
    "deliver.rate": "Ждут отправки: {count}. Скорость ограничена настройкой, остальное отправит следующий запуск.",
}
