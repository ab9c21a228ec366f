"""Words of the domain: statuses, trust, states; and what is wrong with an instant that somebody typed."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "status.not_started": "Не приступило",
    "status.in_progress": "В работе",
    "status.submitted": "Сдано",
    "flag.correction_rejected": "исправление не принято",
    "flag.disputed": "сдача оспорена",
    "yaml.long": "файл длиннее миллиона знаков: сократите его",
    "yaml.deep": "слишком много вложенных скобок или отступов: проверьте, не остались ли скобки открытыми",
    "yaml.many": "слишком много значений, вместе с повторами по ссылкам «*имя»: сократите их",
    "yaml.endless": "ссылка «*имя» указывает на то, внутри чего сама стоит: уберите её",
    "instant.wrong": "{field}: «{value}» не прочитано. Напишите дату и время по Москве в виде ДД.ММ.ГГГГ ЧЧ:ММ, например {example}, "
    "и больше ничего.",
    "instant.half": "Нужны оба срока: «{opens}» и «{closes}». Назовите и второй или не называйте ни одного.",
    "instant.reversed": "«{closes}» должно быть позже, чем «{opens}»: проверьте оба срока.",
    "instant.cut": "{value}…",
    "instant.until": "Принимаем до {until}.",
    "instant.interval": "Приём с {opens} до {closes}.",
}
