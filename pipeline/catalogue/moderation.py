"""Sentences of the area «moderation»: why messages wait for a person, and what was decided about them."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "alert.unjudged": "Внимание: письмо, полученное {since}, всё ещё не проверено. Посмотрите, работает ли проверка.",
    "alert.unsent": "Внимание: письмо, составленное {since}, всё ещё не отправлено. Посмотрите, отвечает ли SMTP-сервер.",
}
