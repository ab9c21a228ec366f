"""Sentences about what does not work: what the operator reads in alerts, in ``health`` and in ``doctor``."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "run.exchange": "Обмен письмами",
    "run.close": "Закрытие сборов",
    "run.fill": "Досылка публикаций",
    "run.remind": "Подготовка напоминаний",
    "run.digest": "Подготовка сводок координаторам",
    "run.collect": "Приём почты",
    "run.check": "Проверка полученного",
    "run.deliver": "Отправка писем",
    "run.export": "Формирование отчётов",
    "run.file": "Раскладка писем по папкам",
    "run.monitor": "Наблюдение",
    "run.failing": "{what} заканчивается ошибкой с {since}. {reason}",
    "run.ours": "Это внутренняя ошибка ({code}), она записана в журнал: передайте эту запись разработчикам.",
    "run.unfinished": (
        "{what} начинается и обрывается, не дойдя до конца, с {since}. Посмотрите в журнале, что его останавливает, "
        "и хватает ли на машине памяти и места."
    ),
    "silent.exchange": "Обмен письмами сам не идёт",
    "silent.close": "Сборы, у которых вышел срок, сами не закрываются",
    "silent.fill": "Публикации новым логинам сами не досылаются",
    "silent.remind": "Напоминания сами не готовятся",
    "silent.digest": "Сводки координаторам сами не готовятся",
    "silent.since": "{what} с {since}.",
    "silent.never": "{what}: с запуска ({since}) не было ни разу.",
    "silent.missed": "{what}: пропущен запуск {since}.",
    "silent.remedy.exchange": (
        "Пока он стоит, письма не принимаются и не отправляются. Проверьте, работает ли kabinet up (и не остановлено ли "
        "в Prefect расписание exchange) или kabinet watch, и запустите заново."
    ),
    "silent.remedy": (
        "Проверьте, работает ли kabinet up и не остановлено ли в Prefect расписание {name}. Сделать это сейчас: "
        "kabinet {name}."
    ),
    "silent.other": "{what}: само не запускается",
    "problem.campaigns_stopped": (
        "Рассылки остановлены сами с {since} ({why}). Исправьте адреса в списке организаций, потом продолжите: "
        "kabinet pause --resume. Ответы на обращения уходят."
    ),
    "problem.support_unreachable": (
        "Письма службе поддержки на {address} возвращаются (последнее {since}): вопросы организаций никто не читает. "
        "Проверьте ящик или укажите другой в KABINET_SUPPORT."
    ),
    "problem.reports": (
        "Отчёты не формируются: {numbers}. Координаторам об этом сообщено или будет сообщено; причина записана в журнал "
        "(событие export.raised)."
    ),
    "problem.given_up": (
        "За сутки не удалось разобрать {messages}, хотя попытки повторялись. Посмотрите: kabinet receipts --held, потом "
        "разберите заново: kabinet replay НОМЕР --apply."
    ),
    "problem.store": "{reason} Пока база недоступна, обмен стоит.",
    "alert.over": "Снова в порядке. Было так. {text}",
    "alert.webhook_failed": "Сообщения о неполадках не ушли по адресу KABINET_ALERT_WEBHOOK. {reason}",
    "cli.help_alert": "Сообщить о неполадках службе поддержки и по KABINET_ALERT_WEBHOOK; для cron, раз в минуту.",
    "cli.help_health": "Сказать одной строкой, всё ли работает: код 0 или 1, для программы наблюдения. Ничего не меняет.",
    "health.well": "Всё в порядке.",
    "health.queues": "Ждут проверки: {unjudged}, ждут отправки: {unsent}.",
    "health.ran": "{what}: последний запуск {at} мск ({by}).",
    "health.never_ran": "{what}: запусков ещё не было.",
    "health.not_started": "Обмен ещё не запускался сам: запустите kabinet up или kabinet watch.",
    "cli.help_doctor_letter": "Отправить письмо самому себе и дождаться его (по умолчанию да).",
    "cli.help_doctor_wait": "Сколько секунд ждать письма самому себе.",
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
    "way.schedule": "по расписанию",
    "way.watch": "kabinet watch",
    "way.command": "командой",
    "way.person": "вручную из Prefect",
}
