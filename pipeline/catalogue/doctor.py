"""The doctor, and what else watches the exchange from outside."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "problem.store": "{reason} Пока база недоступна, обмен стоит.",
    # The doctor
    "doctor.relay_allowed": "Сервер исходящей почты отправляет письма от {address} на чужие адреса.",
    "doctor.relay_refused": (
        "Сервер исходящей почты не отправляет письма от {address} на чужие адреса ({reply}): задайте KABINET_SMTP_USER и "
        "KABINET_SMTP_PASSWORD или попросите администратора сервера разрешить отправку."
    ),
    "doctor.relay_sender_refused": (
        "Сервер исходящей почты не принимает писем от {address} ({reply}): в KABINET_ADDRESS должен быть адрес ящика, "
        "имя и пароль которого заданы в KABINET_SMTP_USER и KABINET_SMTP_PASSWORD."
    ),
    "doctor.relay_unknown": (
        "Отправляет ли сервер исходящей почты письма на чужие адреса, не проверено: пробный адрес {outside} он "
        "отклонил ({reply})."
    ),
    "doctor.letter_subject": "Проверка связи, отвечать не нужно",
    "doctor.letter_text": (
        "Это письмо отправила команда kabinet doctor, чтобы проверить отправку, приём и плюс-адресацию. "
        "Его можно удалить."
    ),
    "doctor.letter_came": (
        "Письмо самому себе дошло, ждали {seconds} с: отправка и приём работают, плюс-адресация тоже."
    ),
    "doctor.letter_refused": "Письмо самому себе на {recipient} сервер исходящей почты не принял ({reply}).",
    "doctor.no_plus": (
        "Письмо на {address} дошло, а на {plus} за {wait} с нет: плюс-адресация не работает. Без неё возвраты "
        "недошедших писем не связываются с адресами, а ответ узнаётся только по отправителю и по метке в форме. "
        "Включите её на почтовом сервере (в Postfix и Dovecot это recipient_delimiter = +)."
    ),
    "doctor.no_letter": (
        "Письмо самому себе на {address} не пришло за {wait} с: проверьте папку «Спам» и что ящик из KABINET_IMAP_USER "
        "получает почту для KABINET_ADDRESS. Ждать дольше: kabinet doctor --wait 300."
    ),
    "doctor.no_authserv": (
        "В письме самому себе нет записи сервера о проверке отправителя (Authentication-Results). Если её нет и в "
        "письмах снаружи, подделанный адрес система от настоящего не отличит."
    ),
    "doctor.authserv_cost": (
        "KABINET_AUTHSERV_ID не задано: подделан ли адрес отправителя, система не видит. Поэтому команды, которые что-то "
        "меняют, выполняются только ответом на наше письмо, остальные сначала подтверждаются кодом."
    ),
    "doctor.authserv_unreadable": (
        "Сервер {seen} пишет проверку отправителя не по RFC 8601: такие письма система задержит и ничего по ним не "
        "сделает. Обновите фильтр, который её пишет, или покажите этот заголовок его разработчикам."
    ),
    "doctor.authserv_unset": (
        "Сервер подписывает проверку отправителей именем {seen}; чтобы ей верить, задайте KABINET_AUTHSERV_ID={seen}."
    ),
    "doctor.authserv_other": (
        "Сервер подписывает проверку отправителей именем {seen}, а в KABINET_AUTHSERV_ID задано {known}: "
        "такой проверке система не верит."
    ),
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
    # The command line
    "cli.doctor_store": "База данных отвечает: {database}",
    "cli.doctor_embedded": "{server}: сервер не задан, при запуске будет встроенный.",
    "cli.doctor_good": "{server}: сервер отвечает.",
    "cli.doctor_plain": "{server}: связь с {host} не шифруется (он назван в KABINET_PLAIN_HOSTS), пароль и письма видны всем, кто может "
    "слушать эту сеть: как только можно, задайте tls или starttls.",
    "cli.doctor_private": "Папки {state} и {outbox} закрыты от других пользователей этого компьютера.",
    "cli.doctor_closed": "Другие пользователи этого компьютера могли читать {paths}: теперь это закрыто.",
    "cli.doctor_open": "Другие пользователи этого компьютера могут читать {paths}: пусть владелец закроет это командой chmod go= {command}.",
    "cli.doctor_prefect": "Страница Prefect (kabinet up) не спрашивает пароля: если на этом компьютере работают и другие люди, задайте его в "
    "KABINET_PREFECT_PASSWORD.",
    "cli.doctor_publication": "Публикация «{code}» в порядке.",
}
