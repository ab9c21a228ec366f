"""The webhook against a real HTTP server on loopback (item 6, M46): what is posted, and what counts as not arrived."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.settings import load_settings
from pipeline.webhook import Webhook, WebhookSettings
from tests.systems.programs import free_port
from tests.systems.webhook import webhook_sink

NEWS = {"code": "queue.unsent", "text": "Письма не уходят", "state": "begun"}


def test_e6_m46_news_is_one_json_object_with_the_token() -> None:
    with webhook_sink() as sink:
        Webhook(WebhookSettings(sink.url, "geheim", 5)).post(NEWS)
        Webhook(WebhookSettings(sink.url)).post(NEWS)
    assert sink.news == [NEWS, NEWS]
    assert sink.headers[0]["authorization"] == "Bearer geheim"
    assert sink.headers[0]["content-type"].startswith("application/json")
    assert "authorization" not in sink.headers[1]


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_e6_m46_any_other_answer_has_not_arrived_and_no_redirect_is_followed(status: int) -> None:
    with webhook_sink() as sink:
        sink.status = status
        with pytest.raises(UnreachableError, match=str(status)):
            Webhook(WebhookSettings(sink.url, "geheim", 5)).post(NEWS)
    assert (sink.tried, sink.news) == (1, [])


def test_e6_m46_nobody_there_is_one_sentence_without_the_address() -> None:
    settings = WebhookSettings(f"http://127.0.0.1:{free_port()}/services/SECRET", "geheim", 1)
    with pytest.raises(UnreachableError, match="KABINET_ALERT_WEBHOOK") as caught:
        Webhook(settings).post(NEWS)
    for shown in (str(caught.value), repr(settings)):
        assert "SECRET" not in shown
        assert "geheim" not in shown


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://127.0.0.1/", "example.org"])
def test_e6_m46_an_address_without_encryption_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="KABINET_ALERT_WEBHOOK"):
        load_settings(alert_webhook=url)


def test_e6_m46_https_and_loopback_are_taken() -> None:
    assert load_settings().webhook() is None
    for url in ("https://hooks.example.org/x", "http://127.0.0.1:9/x", "http://localhost:9/x"):
        assert load_settings(alert_webhook=url).webhook() == WebhookSettings(url)
