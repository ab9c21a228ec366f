"""Sentences of the area «demonstration»: its progress, and what its simulated organisations write."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "demo.start": "Кабинет сбора данных: показ всего обмена. Почта и всё остальное — только на этом компьютере.",
    "demo.services": "[{seconds:>3} с] Запускаются почтовый сервер и Prefect…",
    "demo.roster": "[{seconds:>3} с] Список загружен: {count}.",
    "demo.published": "[{seconds:>3} с] Опубликовано «{title}»: {count}.",
    "demo.delivered": "[{seconds:>3} с] Отправлено: {count}.",
    "demo.answered": "[{seconds:>3} с] Организации ответили по SMTP: {count}.",
    "demo.exchanged": "[{seconds:>3} с] Забрано из ящика: {collected}; проверено: {checked}; отправлено: {answers}.",
    "demo.digest": "[{seconds:>3} с] Сводка координатору отправлена.",
    "demo.figures": "Сбор «{title}»:\n  Всего: {total}\n  Не приступило: {not_started}\n  В работе: {in_progress}\n"
    "  Сдано: {submitted}",
    "demo.look": "Посмотреть:",
    "demo.look_letters": "  письма (.eml)            {path}",
    "demo.look_annotated": "  форма с замечаниями      {path}",
    "demo.look_digest": "  сводка координатору      {path}",
    "demo.look_export": "  выгрузка результатов     {path}",
    "demo.look_participants": "  список участников        {path}",
    "demo.look_downloads": "  кто что скачал           {path}",
    "demo.done": "Готово за {seconds} с. Службы с интерфейсом Prefect и просмотром писем: make up.",
    "demo.up_prefect": "Prefect: {url}",
    "demo.up_mail": "Письма встроенного почтового сервера: {url}",
    "demo.up_first": "Сначала загрузите список и опубликуйте сбор: kabinet roster import publications/roster.xlsx; "
    "kabinet publish КОД.",
    "demo.up_schedule": "Сам, без команды, обмен идёт {every}.",
    "demo.up_every_minute": "каждую минуту",
    "demo.up_every_minutes": "каждые {count} мин",
    "demo.up_every_seconds": "каждые {count} с",
    "demo.up_ran": "Обмен прошёл сам в {at}.",
    "demo.up_recovered": "Прошлая остановка прервала запуски: {crashed}. Их место свободно, работа продолжится.",
    "demo.up_stop": "Остановить: Ctrl-C.",
    "demo.up_stopped": "Остановлено.",
    "demo.says_good": "Добрый день! Направляем заполненную форму.",
    "demo.says_faulty": "Здравствуйте, форма во вложении.",
    "demo.says_mended": "Исправили, посмотрите, пожалуйста.",
    "demo.says_draft": "Пока не всё, пришлём позже.",
    "demo.says_form": "Здравствуйте!\n\nФорма",
    "demo.subject_draft": "ЧЕРНОВИК Re: {subject}",
}
