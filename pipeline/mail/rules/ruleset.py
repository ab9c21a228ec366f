"""Rules of the inbox: an ordered list, the first that matches decides what is done with a message (M11).

They are data: nothing in them is evaluated. How they are written is in ``rules.load``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache

from pipeline.mail.addresses import readable
from pipeline.mail.kinds.classify import Classification
from pipeline.mail.message.headers import Headers
from pipeline.mail.message.parse import ParsedMessage

ACTIONS = ("return", "command", "confirm", "question", "bounce", "hold", "ignore", "file", "answer")
LETTERS = ("help", "held", "no_workbook", "question_passed", "status")
"""The letters that need nothing but the message itself, by their kind in templates/letters/."""
TRUSTS = ("tag+sender+dmarc", "tag+sender", "tag", "sender", "none", "conflict")
OBSTACLES = ("tnef", "encrypted", "cloud_link", "file", "forgotten")
WITHHELD = ("own", "no_sender", "null_path", "daemon", "list", "automatic")
LONGEST_REASON = 200
_LONGEST_TOLD = 300
# What an action may be given besides; the first of them it cannot do without, where it is marked so.
PARAMETERS = {"file": ("folder",), "answer": ("letter",), "hold": ("reason",)}
NEEDED = {"file": "folder", "answer": "letter"}
CONDITIONS = (
    "kind",
    "command",
    "sender",
    "recipient",
    "subject",
    "headers",
    "attachments",
    "obstacles",
    "withheld",
    "larger",
    "smaller",
    "trust",
    "section",
)
RULE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class _Texts(Mapping[str, tuple[str, ...]]):
    """The header fields in lower case, decoded when a rule asks for one: most messages are decided without any."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> tuple[str, ...]:
        if name not in self._headers:
            raise KeyError(name)
        return tuple(value.lower()[:2_000] for value in self._headers.all(name))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name.lower() for name, _ in self._headers.fields))

    def __len__(self) -> int:
        return len(list(iter(self)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules can see of a message; texts in lower case. ``size`` is of text and attachments, in bytes."""

    kind: str
    command: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    headers: Mapping[str, tuple[str, ...]]
    attachments: tuple[str, ...]
    obstacles: tuple[str, ...]
    withheld: str
    size: int
    trust: str
    section: str = ""

    @classmethod
    def of(cls, message: ParsedMessage, classification: Classification, trust: str, section: str = "") -> Facts:
        """Gather the facts of a judged message. ``section`` is its publication's, "" when that is not known."""
        return cls(
            kind=classification.kind,
            command=classification.command.name if classification.command else "",
            sender=message.sender or "",
            recipients=message.recipients,
            subject=message.subject.lower(),
            headers=_Texts(message.headers),
            attachments=tuple(item.name.lower() for item in message.attachments),
            obstacles=classification.obstacles,
            withheld=classification.withheld,
            size=len(message.text) + sum(len(item.data) for item in message.attachments if item.depth == 0),
            trust=trust,
            section=section.lower(),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``when`` holds its conditions, all of which must hold; an empty one always matches. ``folder``,
    ``letter`` and ``reason`` are the parameters of its action."""

    name: str
    description: str
    action: str
    sample: str
    when: Mapping[str, object] = field(default_factory=dict)
    folder: str | None = None
    letter: str | None = None
    reason: str | None = None

    def matches(self, facts: Facts) -> bool:
        """Whether every condition holds."""
        return self.obstacle(facts) is None

    def obstacle(self, facts: Facts) -> str | None:
        """Return the first condition that does not hold, or None when all do."""
        return next((name for name, wanted in self.when.items() if not _holds(name, wanted, facts)), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """Which rule decided and what is to be done; ``passed`` are the rules above it that did not match, ``tried`` the
    same with the first condition of each that did not hold.

    ``folder`` (for ``file``), ``letter`` (for ``answer``) and ``reason`` (for ``hold``) are given with the action.
    """

    rule: str
    action: str
    description: str = ""
    passed: tuple[str, ...] = ()
    folder: str | None = None
    letter: str | None = None
    reason: str | None = None
    tried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule on its trial: what was ``wanted``, what the message has (``found``), whether it holds."""

    name: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """One rule tried on a message, with every condition of it."""

    rule: str
    conditions: tuple[Condition, ...]

    @property
    def matched(self) -> bool:
        """Whether the rule decides: every condition holds."""
        return all(condition.holds for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in their order; ``hash`` is the SHA-256 of the file, stored with each receipt."""

    rules: tuple[Rule, ...]
    hash: str

    def decide(self, facts: Facts) -> Decision:
        """Return the decision of the first rule that matches; the last one always does."""
        tried: list[tuple[str, str]] = []
        for rule in self.rules:
            obstacle = rule.obstacle(facts)
            if obstacle is None:
                passed = tuple(name for name, _ in tried)
                parameters = (rule.folder, rule.letter, rule.reason)
                return Decision(rule.name, rule.action, rule.description, passed, *parameters, tuple(tried))
            tried.append((rule.name, obstacle))
        raise AssertionError("load_rules demands a last rule without conditions")

    def trace(self, facts: Facts) -> tuple[Trial, ...]:
        """Return the trial of every rule down to the one that decides, each with all its conditions."""
        trials: list[Trial] = []
        for rule in self.rules:
            conditions = [
                Condition(name, _told(wanted), _told(_found(name, wanted, facts)), _holds(name, wanted, facts))
                for name, wanted in rule.when.items()
            ]
            trials.append(Trial(rule.name, tuple(conditions)))
            if trials[-1].matched:
                break
        return tuple(trials)


def _holds(name: str, wanted: object, facts: Facts) -> bool:
    if name in ("larger", "smaller"):
        assert isinstance(wanted, int)
        return facts.size > wanted if name == "larger" else facts.size < wanted
    if name == "headers":
        assert isinstance(wanted, dict)
        return all(
            any(_like(value, patterns) for value in facts.headers.get(header, ()))
            for header, patterns in wanted.items()
        )
    values = _texts(_found(name, wanted, facts))
    if name in ("kind", "trust", "withheld", "command", "obstacles"):
        return any(value in _texts(wanted) for value in values)
    return any(_like(value, wanted) for value in values)


def _found(name: str, wanted: object, facts: Facts) -> object:
    """What the message has where condition ``name`` looks."""
    if name in ("larger", "smaller"):
        return facts.size
    if name == "headers":
        assert isinstance(wanted, dict)
        return {header: facts.headers.get(header, ()) for header in wanted}
    if name == "sender":
        return _spellings((facts.sender,))
    if name in ("kind", "trust", "withheld", "command", "subject"):
        return (getattr(facts, name),)
    if name == "section":
        return (facts.section,) if facts.section else ()
    if name == "recipient":
        return _spellings(facts.recipients)
    return facts.obstacles if name == "obstacles" else facts.attachments


def _spellings(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses as they are compared, and as people write them in a rule: ``*@школа.рф``."""
    return tuple(dict.fromkeys(spelled for address in addresses for spelled in (address, readable(address))))


def _told(value: object) -> str:
    """A condition's value, or what was found, on one line for people."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_told(found)}" for name, found in value.items())[:_LONGEST_TOLD]
    if isinstance(value, tuple):
        return ", ".join(filter(None, map(str, value)))[:_LONGEST_TOLD]
    return str(value)


def _texts(wanted: object) -> tuple[str, ...]:
    assert isinstance(wanted, tuple)
    return wanted


def _like(value: str, patterns: object) -> bool:
    return any(shell_pattern(pattern).match(value) for pattern in _texts(patterns))


@lru_cache(maxsize=1000)
def shell_pattern(pattern: str) -> re.Pattern[str]:
    """Return what a pattern of the shell's kind, ``*@school.test``, matches as a whole."""
    return re.compile(rf"\A{translate(pattern)}")
