"""Sentences about a database put back from an older copy, and about letters of which nobody knows whether they left."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "deed.restored": "база восстановлена из копии, прежняя работала до",
    "deed.restore_ended": "восстановление закончено",
    "deed.doubts_sent": "письма под вопросом отпущены",
    "deed.doubts_dropped": "письма под вопросом отменены",
    "cli.help_restore": "Объявить, что база данных восстановлена из копии: письма, которые могли уйти, подождут решения.",
    "cli.help_restore_stopped": "До какого времени работала прежняя база, например «2026-09-07 18:00» (время московское). "
    "Письма, пришедшие позже, обрабатываются как обычно. Без этого — до настоящего времени.",
    "cli.help_restore_end": "Закончить восстановление: новые письма снова уходят сами.",
    "cli.help_rescan": "Найти в папках ящика письма, которых база не знает, и обработать их с временем получения.",
    "cli.help_doubts": "Показать письма, о которых неизвестно, ушли ли они; отправить их или снять.",
    "cli.help_doubts_numbers": "Номера писем.",
    "cli.help_doubts_send": "Отправить ещё раз.",
    "cli.help_doubts_drop": "Не отправлять.",
    "cli.help_doubts_left": "Только те, чья копия лежит в outbox/sent: они ушли.",
    "cli.help_doubts_all": "Все, о которых неизвестно.",
    "restore.future": "{at} ещё не наступило: назовите время, до которого прежняя база работала.",
    "restore.declared": "Восстановление уже объявлено {at}. Дальше: kabinet rescan.",
    "restore.next": "Повторите команды, которые давали после копии (списки, публикации, сроки), затем: kabinet rescan.",
    "restore.not_declared": "Восстановление не объявлено: сначала kabinet restore.",
    "restore.not_rescanned": "Ящик ещё не просмотрен до конца: сначала kabinet rescan.",
    "restore.unread": "Не проверено писем: {count}. Сначала kabinet check, иначе ответы на них уйдут второй раз.",
    "restore.doubtful": "Ждут решения, уйдут ли они: {count}. Посмотреть: kabinet doubts.",
    "restore.open": "База восстановлена из копии ({at}): новые письма ждут решения (kabinet doubts). Закончить: kabinet "
    "restore --end.",
    "restore.older": "База данных старее, чем папка состояния: в ней нет писем, которые уже были получены или отправлены. "
    "Если база восстановлена из копии, остановите обмен и выполните kabinet restore.",
    "restore.missing": "Нет сохранённых данных: {listed}. Верните их из копии архива или опубликуйте файлы снова.",
    "restore.message": "письмо №{number}",
    "restore.report": "отчёт №{number}",
    "restore.file": "файл «{name}» публикации {code}",
    "restore.more": " и ещё {count}",
    "rescan.moved": "Переложено в другие папки: {count}.",
    "doubts.both": "Назовите одно: --send или --drop.",
    "doubts.which": "Назовите номера писем, --left или --all.",
    "doubts.total": "Писем, о которых неизвестно, ушли ли они: {count}.",
    "doubts.left": "ушло (копия в outbox/sent)",
    "doubts.too_late": "Срок прошёл, не отправлены: {count}. Снять их: kabinet doubts --drop.",
    "doubts.numbers": "{count}, первое №{first}",
}
