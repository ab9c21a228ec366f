"""Commands that run services: the demonstration, everything until Ctrl-C, and the doctor."""

from __future__ import annotations

import signal

import typer

from pipeline import logs, wiring
from pipeline.catalogue import text
from pipeline.cli.output import emit, report, say
from pipeline.doctor import examine
from pipeline.model import Summary
from pipeline.model.pulse import Way
from pipeline.monitoring import Monitor
from pipeline.watching import Watch

_LOOK_EVERY = 60.0  # seconds between two looks of the monitor
_WORTH_A_LINE = ("recorded", "receipts", "sent", "failed", "retried", "uncertain")


def demo() -> None:
    """Run the whole exchange on the seed's campaign with everything embedded, and say where to look."""
    from flows.demonstration import Demonstration  # noqa: PLC0415 - Prefect is slow to import: only when asked for

    settings = wiring.load_settings()
    wiring.make_folders(settings)
    demonstration = Demonstration(settings.state / "demo", settings.home, say)
    logs.configure(demonstration.folder / "kabinet.log")
    demonstration.run()


def up() -> None:
    """Run the mail server (when none is configured) and Prefect with every flow, until Ctrl-C."""
    from flows.services import serve  # noqa: PLC0415 - as above

    settings = wiring.load_settings()
    wiring.make_folders(settings)
    logs.configure(settings.state / "kabinet.log")
    serve(settings.state, settings.prefect_port, say)


def watch(*, as_json: bool) -> None:
    """Wait for mail and answer it at once, until Ctrl-C or SIGTERM; the step that runs then is finished."""
    settings = wiring.load_settings()

    def reported(summary: Summary) -> None:
        if any(summary.counts.get(name) for name in _WORTH_A_LINE):
            report(summary, as_json=as_json)

    def alarmed(line: str) -> None:
        if as_json:
            emit({"step": "alert", "line": line})
        else:
            say(line)

    with (
        wiring.context(settings) as context,
        Monitor(lambda: wiring.context(settings), _LOOK_EVERY, alarmed, way=Way.WATCH),
    ):
        watching = Watch(context, settings.watch_poll, reported)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: watching.stop())
        if not as_json:
            say(text("cli.watching", count=watching.folders))
        watching.run()
    if not as_json:
        say(text("cli.watch_stopped"))


def doctor(*, letter: bool, wait: float) -> None:
    """Try everything that the exchange needs; exit code 1 when something does not answer."""
    if not examine(wiring.load_settings(), say, letter=letter, wait=wait):
        raise typer.Exit(1)
