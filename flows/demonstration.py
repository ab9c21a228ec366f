"""The demonstration: the seed's campaign from the roster to the digest, over real SMTP and IMAP, on this machine only.

The exchange runs as Prefect flows. The organisations are simulated by ``pipeline.embedded``, which sees nothing but
its own mailboxes. Figures are read from the database at the end.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flows.server import PrefectServer
from pipeline import sources, wiring
from pipeline.catalogue import MOSCOW, format_date, plural, text
from pipeline.embedded import acting
from pipeline.embedded.campaign import CAMPAIGN, ROSTER, Calendar, lay_out
from pipeline.embedded.mailserver import EmbeddedMailServer
from pipeline.embedded.organisations import Correspondent, Servers
from pipeline.model import Counts, Role
from pipeline.private import make_folder
from pipeline.steps.roster import total
from pipeline.store import participations, publications, roster

_OUR_VARIABLES = ("KABINET_SMTP_", "KABINET_IMAP_", "KABINET_DATABASE_URL", "KABINET_TAG_KEYS", "KABINET_AUTHSERV_ID")
_PORTS = (
    "KABINET_EMBEDDED_SMTP_PORT",
    "KABINET_EMBEDDED_IMAP_PORT",
    "KABINET_EMBEDDED_WEB_PORT",
    "KABINET_PREFECT_PORT",
)


class Demonstration:
    """Runs once, in ``folder``, which is made anew each time: database, letters and publications are its own.

    ``shipped`` is the home that its publications come from; ``now`` is the instant that their days are moved to.
    """

    def __init__(self, folder: Path, shipped: Path, say: Callable[[str], None], now: datetime | None = None) -> None:
        self.folder, self.home, self.outbox = folder, folder / "home", folder / "outbox"
        self._shipped, self._say = shipped, say
        self.calendar = Calendar((now or datetime.now(UTC)).astimezone(MOSCOW).date())
        self._started = time.monotonic()
        if folder.exists():
            shutil.rmtree(folder)
        make_folder(folder)

    def run(self) -> None:
        """Do the whole round and say where to look. Raises UserError when something it needs cannot be had."""
        self._say(text("demo.start"))
        lay_out(self._shipped, self.home, self.calendar)
        self._say(text("demo.calendar", today=format_date(self.calendar.today)))
        self._tell("demo.services")
        with self._environment(), ExitStack() as stack:
            settings = wiring.load_settings()
            stack.enter_context(PrefectServer(self.folder / "prefect", settings.prefect_port))
            stack.enter_context(
                EmbeddedMailServer(
                    settings.address,
                    settings.embedded_smtp_port,
                    settings.embedded_imap_port,
                    settings.embedded_web_port,
                    settings.imap().password,
                    self.folder / "mail.log",
                )
            )
            self._publish(settings)
            servers = Servers(settings.smtp(), settings.imap())
            coordinator, faulty = self._exchange(servers)
            files = acting.save_results(coordinator, faulty, self.folder / "results")
            self._conclude(files)

    def _publish(self, settings: wiring.Settings) -> None:
        from flows.publish import publish  # noqa: PLC0415 - Prefect reads its environment when imported
        from flows.roster import roster as import_roster  # noqa: PLC0415 - as above

        import_roster(action="import", path=str(settings.home / "publications" / ROSTER), who="demo")
        with wiring.context() as context:
            self._tell("demo.roster", total=total(context))
        sent = 0
        for code in CAMPAIGN:
            counts = _counts(publish(action="publish", publication=code, who="demo"))
            self._tell(
                "demo.published",
                title=sources.publication(code, settings).publication.title,
                count=_letters(counts["letters"]),
                organisations=counts["organisations"],
                coordinators=counts["coordinators"],
            )
            sent += counts["sent"]
        self._tell("demo.delivered", count=_letters(sent + self._exchanged().get("deliver_sent", 0)))

    def _exchange(self, servers: Servers) -> tuple[Correspondent, Correspondent]:
        from flows.digest import digest  # noqa: PLC0415 - as above

        with wiring.context() as context, context.store.reading() as session:
            addresses = {login.code: login.addresses[0] for login in roster.logins(session)}
            (watching,) = roster.logins(session, role=Role.COORDINATOR)
        for act in (acting.first_answers, acting.second_answers):
            self._tell("demo.answered", count=_letters(act(servers, addresses, self.calendar)))
            done = self._exchanged()
            self._tell(
                "demo.exchanged",
                collected=done["collect_recorded"],
                checked=done.get("check_receipts", 0),
                answers=done.get("deliver_sent", 0),
            )
        digest()
        self._tell("demo.digest", count=self._exchanged()["deliver_sent"])
        return Correspondent(servers, addresses[watching.code]), Correspondent(servers, addresses[acting.FAULTY])

    def _exchanged(self) -> dict[str, int]:
        """Run the exchange as somebody who asks for it; return its figures."""
        from flows.exchange import exchange  # noqa: PLC0415 - as above

        return _counts(exchange())

    def _conclude(self, files: dict[str, Path]) -> None:
        with wiring.context() as context, context.store.reading() as session:
            for publication in (publications.publication(session, code) for code in CAMPAIGN):
                if publication is None or publication.collection is None:
                    continue
                counts = Counts(*_sums(participations.counts(session, publication.code)))
                self._say(
                    text(
                        "demo.figures",
                        title=publication.collection.title,
                        total=counts.total,
                        not_started=counts.not_started,
                        in_progress=counts.in_progress,
                        submitted=counts.submitted,
                    )
                )
        self._say(text("demo.look"))
        self._say(text("demo.look_letters", path=self.outbox / "sent"))
        for name, path in files.items():
            self._say(text(f"demo.look_{name}", path=path))
        self._say(text("demo.look_publications", path=self.home / "publications"))
        self._say(text("demo.ask", home=self.home, state=self.folder, outbox=self.outbox))
        self._say(text("demo.done", seconds=self._seconds()))

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Only what is embedded, whatever is configured: a demonstration never writes to anyone outside."""
        before = dict(os.environ)
        for name in list(os.environ):
            if name.startswith(_OUR_VARIABLES):
                del os.environ[name]
        os.environ["KABINET_HOME"] = str(self.home)
        os.environ["KABINET_STATE"] = str(self.folder)
        os.environ["KABINET_OUTBOX"] = str(self.outbox)
        os.environ["KABINET_WAKING_HOURS"] = "0-24"  # it is shown at any hour
        for name, port in zip(_PORTS, free_ports(len(_PORTS)), strict=True):
            os.environ.setdefault(name, str(port))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _seconds(self) -> int:
        return round(time.monotonic() - self._started)

    def _tell(self, code: str, **values: object) -> None:
        self._say(text(code, seconds=self._seconds(), **values))


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports of loopback that nothing listens on."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _counts(done: object) -> dict[str, int]:
    """What a flow returns to its caller: the data of its final state. A failed one has raised."""
    assert isinstance(done, dict)
    return done


def _letters(count: int) -> str:
    return plural(count, "письмо", "письма", "писем")


def _sums(by_region: dict[str, Counts]) -> tuple[int, int, int]:
    counts = by_region.values()
    return (
        sum(count.not_started for count in counts),
        sum(count.in_progress for count in counts),
        sum(count.submitted for count in counts),
    )
