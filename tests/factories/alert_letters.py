"""Sample data for the letter to support about what does not work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.catalogue import text

_AT, _LATER = "2021-09-06T14:35:00+00:00", "2021-09-06T15:12:00+00:00"
_IMAP = text(
    "imap.login_refused",
    host="imap.mail.ru",
    port=993,
    user="sbor@mail.ru",
    reason="NO LOGIN failed.",
)
_SMTP = text("smtp.closed", host="smtp.mail.ru", port=465)
_QUEUE = text("alert.unjudged", since="6 сентября 2021 года, 17:35 мск")


def _item(said: str, over_at: str | None = None) -> dict[str, Any]:
    return {"text": said, "since": _AT, "over_at": over_at}


def samples(alone: Callable[..., Any], nobody: Mapping[str, Any]) -> dict[str, Any]:
    """Return the samples by name."""
    none: dict[str, Any] = {"begun": [], "lasting": [], "over": [], "left": 0}
    return {
        "alert": alone(nobody, "alert", **{**none, "begun": [_item(_IMAP), _item(_QUEUE)]}),
        "alert-lasting": alone(nobody, "alert", **{**none, "lasting": [_item(_IMAP)]}),
        "alert-mixed": alone(
            nobody,
            "alert",
            **{**none, "begun": [_item(_QUEUE)], "lasting": [_item(_IMAP)], "over": [_item(_SMTP, _LATER)]},
        ),
        "alert-over": alone(nobody, "alert", **{**none, "over": [_item(_IMAP, _LATER)]}),
        "alert-over_partly": alone(nobody, "alert", **{**none, "over": [_item(_IMAP, _LATER)], "left": 1}),
    }
