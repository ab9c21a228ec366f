"""Words of the domain: statuses, trust, states."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "status.not_started": "Не приступило",
    "status.in_progress": "В работе",
    "status.submitted": "Сдано",
    "flag.correction_rejected": "исправление не принято",
    "flag.disputed": "сдача оспорена",
}
