"""Commands that run services: the demonstration, everything until Ctrl-C, and the doctor."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog
import typer

from pipeline import logs, wiring
from pipeline.catalogue import text
from pipeline.cli.output import Json, report, say
from pipeline.errors import UserError
from pipeline.model import Summary
from pipeline.steps.context import Context
from pipeline.watching import Watch

log = structlog.get_logger()
_WORTH_A_LINE = ("recorded", "receipts", "sent", "failed", "retried", "uncertain")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("demo", help=text("cli.help_demo"))(demo)
    app.command("up", help=text("cli.help_up"))(up)
    app.command("watch", help=text("cli.help_watch"))(watch)
    app.command("doctor", help=text("cli.help_doctor"))(doctor)


def demo() -> None:
    """Run the whole exchange on the seed's campaign with everything embedded, and say where to look."""
    from flows.demonstration import Demonstration  # noqa: PLC0415 - Prefect is slow to import: only when asked for

    settings = wiring.load_settings()
    demonstration = Demonstration(settings.state / "demo", settings.outbox, say)
    logs.configure(demonstration.folder / "kabinet.log")
    demonstration.run()


def up() -> None:
    """Run the mail server (when none is configured) and Prefect with every flow, until Ctrl-C."""
    from flows.services import serve  # noqa: PLC0415 - as above

    settings = wiring.load_settings()
    logs.configure(settings.state / "kabinet.log")
    serve(settings.state, settings.prefect_port, say)


def watch(*, as_json: Json = False) -> None:
    """Wait for mail and answer it at once, until Ctrl-C or SIGTERM; the step that runs then is finished."""
    settings = wiring.load_settings()

    def told(summary: Summary) -> None:
        if any(summary.counts.get(name) for name in _WORTH_A_LINE):
            report(summary, as_json=as_json)

    with wiring.context(settings) as context:
        watching = Watch(context, settings.watch_poll, told)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: watching.stop())
        if not as_json:
            say(text("cli.watching", count=watching.folders))
        watching.run()
    if not as_json:
        say(text("cli.watch_stopped"))


def doctor() -> None:
    """Try everything that the exchange needs; exit code 1 when something does not answer."""
    failed = False
    settings = wiring.load_settings()
    with wiring.context(settings) as context:
        say(text("cli.doctor_store", database=context.store.name))
        checks: list[tuple[str, Callable[[], AbstractContextManager[object]]]] = [
            ("smtp", context.open_transport),
            *(("imap", inbox.open) for inbox in context.inboxes),
        ]
        for name, connect in checks:
            if settings.embedded_mail:
                say(text("cli.doctor_embedded", server=name.upper()))
                continue
            try:
                with connect():
                    say(text("cli.doctor_good", server=name.upper()))
            except UserError as error:
                failed = True
                say(str(error))
        aligned = _signing(context)
    for code in wiring.publication_codes(settings):
        try:
            wiring.publication(code, settings)
            say(text("cli.doctor_publication", code=code))
        except UserError as error:
            failed = True
            say(str(error))
    if failed or not aligned:
        raise typer.Exit(1)


def _signing(context: Context) -> bool:
    """Say what the DNS must hold for our signatures; False when they would not be taken for the sender's."""
    key, address = context.dkim, context.sender.address
    if key is None:
        say(text("doctor.dkim_off"))
        return True
    say(text("doctor.dkim_record", record=key.zone_line))
    aligned = key.aligned_with(address)
    say(text("doctor.dkim_aligned" if aligned else "doctor.dkim_not_aligned", domain=key.domain, address=address))
    return aligned
