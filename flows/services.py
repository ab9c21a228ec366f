"""Everything until Ctrl-C: the embedded mail server when none is configured, Prefect's server and every flow."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from flows.server import PrefectServer
from pipeline import wiring
from pipeline.catalogue import text
from pipeline.embedded.mailserver import EmbeddedMailServer


def serve(state: Path, prefect_port: int, say: Callable[[str], None]) -> None:
    """Run until interrupted; nothing is left running afterwards. Raises UserError for a taken port."""
    settings = wiring.load_settings()
    with wiring.context(
        settings
    ):  # the database is brought up to date, and wrong settings are told, before anything starts
        pass
    with ExitStack() as stack:
        if settings.embedded_mail:
            mail = stack.enter_context(
                EmbeddedMailServer(
                    settings.address,
                    settings.embedded_smtp_port,
                    settings.embedded_imap_port,
                    settings.embedded_web_port,
                    settings.imap().password,
                    state / "mail.log",
                )
            )
            say(text("demo.up_mail", url=mail.web_url))
        prefect = stack.enter_context(PrefectServer(state / "prefect", prefect_port))
        say(text("demo.up_prefect", url=prefect.url))
        say(text("demo.up_first"))
        say(text("demo.up_stop"))
        from flows.deployments import serve_all  # noqa: PLC0415 - Prefect reads its environment when imported

        os.chdir(settings.home)
        serve_all()
    say(text("demo.up_stopped"))
