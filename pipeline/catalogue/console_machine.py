"""What the console says of what machines begin: the exchange and what else runs by schedule, and of long work."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # How far long work is
    "progress.collected": "Забрано писем: {done} из {total} ({percent} %)",
    "progress.checked": "Проверено писем: {done} из {total} ({percent} %)",
    "progress.queued": "Поставлено в очередь: {done} из {total} ({percent} %)",
    "progress.copied": "Записано копий в outbox: {done} из {total} ({percent} %)",
    "progress.sent": "Отправлено писем: {done} из {total} ({percent} %)",
    "progress.formed": "Сформировано отчётов: {done} из {total} ({percent} %)",
    "progress.rows": "Записано строк отчёта: {done} из {total} ({percent} %)",
    "progress.digested": "Составлено сводок: {done} из {total} ({percent} %)",
    "progress.a_second": "{rate} в секунду",
    "progress.a_minute": "{rate} в минуту",
    "progress.left": "Осталось около {left}, закончим в {ends} мск.",
    "progress.stands": "Пока не движется: когда закончим, неизвестно.",
    "progress.seconds": "{count} с",
    "progress.minutes": "{count} мин",
    "progress.hours": "{hours} ч {minutes} мин",
    # What runs by schedule
    "console.stage.collect": "Забрать почту",
    "console.stage.check": "Проверить",
    "console.stage.export": "Отчёты",
    "console.stage.deliver": "Отправить",
    "console.stage.file": "Убрать из ящика",
    "console.stage.close": "Закрыть сборы",
    "console.stage.fill": "Дослать",
    "console.stage.remind": "Напомнить",
    "console.stage.digest": "Сводки",
    "console.round.nothing": "Ничего нового.",
    "console.round.remedy": "Исправьте причину. Следующий запуск по расписанию доделает остальное",
    "console.arrivals": "Что пришло",
    "console.arrivals.number": "Письмо",
    "console.arrivals.who": "От кого",
    "console.arrivals.when": "Когда",
    "console.arrivals.became": "Что с ним стало",
    "console.arrivals.whole": "все письма показывает kabinet receipts",
    "console.watch.line": "Почту ждали {hours} ч и отвечали сразу.",
    "console.watch.nothing": "Почту ждали {hours} ч, ничего нового не пришло.",
    "console.watch.hours": "Поле «{field}»: нужно число часов, больше 0 и не больше {most}, а не «{written}».",
    # What became of a workbook
    "outcome.accepted": "принято",
    "outcome.accepted_with_warnings": "принято с предупреждениями",
    "outcome.rejected": "не принято",
    "outcome.unreadable": "не читается",
    "outcome.incident": "наша ошибка при проверке",
}
