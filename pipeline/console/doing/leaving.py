"""Letters of an act leave at once, as far as they may; what became of them is told alike after every act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.catalogue import plural, text
from pipeline.console.desk import Desk
from pipeline.console.outcome import Table, Trouble, columns
from pipeline.errors import ConfigurationError, UnreachableError
from pipeline.mail.addresses import readable
from pipeline.model import LetterState
from pipeline.steps import deliver
from pipeline.steps.mailings import outlook
from pipeline.steps.mailings.outlook import Missed, Outlook
from pipeline.store import publications

_FOUND = ("sent", "waiting", "refused", "uncertain", "expired", "no_address", "dead")


@dataclass(frozen=True, slots=True)
class Left:
    """What became of the letters of a publication; ``fault`` says why the mail server was not reached.

    ``nowhere`` are logins without an address, ``gone`` addresses that were known to be dead before.
    """

    outlook: Outlook
    nowhere: Sequence[Missed]
    gone: Sequence[Missed]
    fault: str = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """The figures by stable names."""
        count = self.outlook.count
        return {
            "sent": count(LetterState.SENT),
            "waiting": self.outlook.waiting.total,
            "refused": count(LetterState.FAILED),
            "uncertain": count(LetterState.UNCERTAIN),
            "expired": count(LetterState.EXPIRED),
            "no_address": len(self.nowhere),
            "dead": len({item.address for item in (*self.gone, *self.outlook.refused) if item.dead}),
        }

    @property
    def figures(self) -> dict[str, int]:
        """The figures in words: what was sent and what waits always, the rest where there is any."""
        found = self.counts
        return {
            text(f"console.letters.{name}"): found[name]
            for name in _FOUND
            if found[name] or name in ("sent", "waiting")
        }

    @property
    def failed(self) -> bool:
        """Whether nothing left for a reason that somebody must see to."""
        found = self.counts
        return not found["sent"] and (bool(self.fault) or found["refused"] > 0)

    @property
    def why_nothing(self) -> str:
        """Why no letter left, as the end of a sentence; empty when one did or none was to leave."""
        found = self.counts
        if found["sent"]:
            return ""
        if self.fault:
            return inside(self.fault)
        if found["refused"]:
            return text("console.letters.all_refused", letters=letters(found["refused"]))
        return inside(next(iter(self.outlook.waits), ""))

    def with_troubles(self, said: str) -> str:
        """Return ``said`` with what did not go: «Разослано 14 писем, 2 адреса не работают»."""
        found = self.counts
        others = found["refused"] - sum(item.dead for item in self.outlook.refused)
        parts = [
            said,
            plural(found["dead"], *_DEAD) if found["dead"] else "",
            text("console.letters.said_refused", letters=letters(others)) if others else "",
            plural(found["no_address"], *_LOGINS) if found["no_address"] else "",
            text("console.letters.said_waiting", letters=letters(found["waiting"])) if found["waiting"] else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def troubles(self) -> list[Trouble]:
        """Who did not get a letter, why, and what to do."""
        server = [Trouble(text("console.letters.server"), self.fault, text("console.letters.server_remedy"))]
        return [
            *(server if self.fault else []),
            *(Trouble(item.login, item.why, text("console.letters.nowhere_remedy")) for item in self.nowhere),
            *(_trouble(item, "gone") for item in self.gone),
            *(_trouble(item, "gone" if item.dead else "refused") for item in self.outlook.refused),
        ]

    @property
    def table(self) -> Table:
        """Every letter that moved."""
        rows = [
            (
                letter.login or "",
                login.name if login else "",
                login.region if login else "",
                readable(letter.address),
                became,
            )
            for letter, login, became in self.outlook.letters
        ]
        head = columns("login", "name", "region", "address", "became")
        return Table(text("console.letters.table"), head, rows)


_DEAD = ("адрес не работает", "адреса не работают", "адресов не работают")
_LOGINS = ("логин без адреса", "логина без адреса", "логинов без адреса")


def letters(count: int) -> str:
    """Return so many letters in words."""
    return plural(count, "письмо", "письма", "писем")


def title(desk: Desk, code: str) -> str:
    """Return what people know a publication by."""
    with desk.context.store.reading() as session:
        found = publications.publication(session, code)
    return found.title if found else code


def inside(sentence: str) -> str:
    """Return a sentence as it goes on after a colon; a word in capitals stays as it is."""
    return sentence[:1].lower() + sentence[1:].rstrip(".") if not sentence[1:2].isupper() else sentence


def mark(desk: Desk) -> int:
    """Return the place in the delivery log from which ``send`` tells."""
    return outlook.mark(desk.context)


def send(desk: Desk, publication: str, after: int, only: Collection[str] = (), *, whole: bool = False) -> Left:
    """Let go what may leave, and tell what became of the letters about ``publication`` since the mark ``after``.

    ``whole``: also who of its audience, of ``only`` where given, cannot be written to.
    """
    fault = ""
    try:
        desk.stage(text("console.stage.sending"), lambda: deliver.run(desk.context, desk.clock()))
    except (ConfigurationError, UnreachableError) as error:
        fault = str(error)
    return seen(desk, publication, after, only, fault, whole=whole)


def seen(
    desk: Desk, publication: str, after: int, only: Collection[str] = (), fault: str = "", *, whole: bool = False
) -> Left:
    """Tell what ``send`` tells, and let nothing go."""
    found = outlook.look(desk.context, publication, after, desk.clock())
    nowhere, gone = outlook.unreached(desk.context, publication, only) if whole else ([], [])
    refused = {item.address for item in found.refused}  # they count as dead from now on
    return Left(found, nowhere, [item for item in gone if item.address not in refused], fault)


def _trouble(item: Missed, remedy: str) -> Trouble:
    return Trouble(f"{item.login}, {item.address}", item.why, text(f"console.letters.{remedy}_remedy"))
