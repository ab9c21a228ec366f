"""Whether the exchange runs: runs and schedules by name, what is wrong with them, what needs an operator."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Runs by name, and what is wrong with them
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
    # Schedules that do not run
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
    # What needs an operator
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
    # Health of the exchange and of addresses
    "health.well": "Всё в порядке.",
    "health.queues": "Ждут проверки: {unjudged}, ждут отправки: {unsent}.",
    "health.ran": "{what}: последний запуск {at} мск ({by}).",
    "health.never_ran": "{what}: запусков ещё не было.",
    "health.not_started": "Обмен ещё не запускался сам: запустите kabinet up или kabinet watch.",
    # How a run was begun
    "way.schedule": "по расписанию",
    "way.watch": "kabinet watch",
    "way.command": "командой",
    "way.person": "вручную из Prefect",
    "restore.open": "База восстановлена из копии ({at}): новые письма ждут решения (kabinet doubts). Закончить: kabinet "
    "restore --end.",
    "deliver.campaigns_wait": (
        "Рассылки ждут до {until}: сервер откладывает письма одно за другим, ответы на обращения отправляются. Снизьте "
        "скорость (KABINET_SEND_PER_MINUTE) или спросите у почтового провайдера. Ответ: {reply}"
    ),
    # How a collection stands
    "standing.not_open": "Приём ещё не открыт: с {opens} до {closes}.",
    "standing.open": "Приём открыт до {closes}. Осталось: {left}.",
    "standing.closed": "Приём закрыт {closes}.",
    "standing.apart": "Более поздний срок дан регионам или организациям, продлений: {count} (kabinet extensions).",
    "standing.paused": "Рассылка остановлена: неотправленные письма ждут (kabinet pause).",
    "standing.less_than_a_minute": "меньше минуты",
}
