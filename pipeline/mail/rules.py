"""``inbox_rules.yaml``: an ordered list of rules, the first that matches decides what is done with a message (M11).

The file is data: nothing in it is evaluated. Every fault is named with file, line and the nearest right spelling.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import translate

import yaml

from pipeline.errors import ConfigurationError
from pipeline.mail.classify import KINDS, Classification
from pipeline.mail.headers import Headers
from pipeline.mail.message import ParsedMessage

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
_RULE_KEYS = ("name", "description", "sample", "when", "action", "folder", "letter", "reason")
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
_FOLDER = re.compile(r"[^\x00-\x1f\x7f*%\\\"]{1,100}")
RULE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FASTEST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    if name in ("kind", "trust", "withheld", "command", "sender", "subject"):
        return (getattr(facts, name),)
    if name == "section":
        return (facts.section,) if facts.section else ()
    return {"recipient": facts.recipients, "obstacles": facts.obstacles}.get(name, facts.attachments)


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
    """Patterns are of the shell's kind: ``*@school.test``."""
    return any(re.fullmatch(translate(pattern), value) for pattern in _texts(patterns))


def load_rules(source: str, name: str) -> RuleSet:
    """Return the rules of YAML text ``source``; ``name`` is the file's name for messages.

    Raises ConfigurationError naming file, line and what is wrong.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()
    return RuleSet(_Reader(name).rules(source), digest)


def _composed(source: str) -> yaml.Node | None:
    """Return the nodes of ``source``. libyaml is ten times faster; the places in errors are exact without it only."""
    try:
        return yaml.compose(source, _FASTEST)
    except (yaml.YAMLError, UnicodeError):
        return yaml.compose(source, yaml.SafeLoader)


class _Reader:
    """Walks the YAML nodes, which know their lines."""

    def __init__(self, name: str) -> None:
        self._name = name

    def rules(self, source: str) -> tuple[Rule, ...]:
        try:
            root = _composed(source)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise ConfigurationError("rules.not_yaml", file=self._name, line=line) from error
        if root is None:
            raise ConfigurationError("rules.empty", file=self._name)
        top = self._mapping(root, ("rules",))
        if "rules" not in top or not isinstance(top["rules"], yaml.SequenceNode) or not top["rules"].value:
            raise ConfigurationError("rules.empty", file=self._name)
        nodes = top["rules"].value
        rules = tuple(self._rule(node) for node in nodes)
        self._check_order(rules, nodes)
        return rules

    def _check_order(self, rules: tuple[Rule, ...], nodes: list[yaml.Node]) -> None:
        seen: set[str] = set()
        for number, (rule, node) in enumerate(zip(rules, nodes, strict=True), 1):
            if rule.name in seen:
                raise self._fault(node, "rules.doubled", rule=rule.name)
            seen.add(rule.name)
            if not rule.when and number < len(rules):
                raise self._fault(node, "rules.unreachable", rule=rule.name)
        if rules[-1].when:
            raise self._fault(nodes[-1], "rules.no_last", rule=rules[-1].name)

    def _rule(self, node: yaml.Node) -> Rule:
        keys = self._mapping(node, _RULE_KEYS)
        for needed in ("name", "description", "sample", "action"):
            if needed not in keys:
                raise self._fault(node, "rules.missing_key", key=needed)
        name = self._text(keys["name"])
        if RULE_NAME.fullmatch(name) is None:
            raise self._fault(keys["name"], "rules.bad_name", rule=name)
        action = self._one_of(keys["action"], ACTIONS)
        return Rule(
            name=name,
            description=self._text(keys["description"]),
            action=action,
            sample=self._text(keys["sample"]),
            when=self._when(keys["when"]) if "when" in keys else {},
            **self._parameters(node, keys, action),
        )

    def _parameters(self, rule: yaml.Node, keys: Mapping[str, yaml.Node], action: str) -> dict[str, str | None]:
        """The parameters of an action: those it needs, and none that it knows nothing of."""
        known = PARAMETERS.get(action, ())
        for key in ("folder", "letter", "reason"):
            if key in keys and key not in known:
                raise self._fault(keys[key], "rules.foreign_parameter", key=key, action=action)
        if (needed := NEEDED.get(action)) and needed not in keys:
            raise self._fault(rule, "rules.missing_parameter", key=needed, action=action)
        found: dict[str, str | None] = {key: self._text(keys[key]) for key in known if key in keys}
        if (folder := found.get("folder")) and (_FOLDER.fullmatch(folder) is None or folder.upper() == "INBOX"):
            raise self._fault(keys["folder"], "rules.bad_folder", folder=folder)
        if "letter" in found:
            found["letter"] = self._one_of(keys["letter"], LETTERS)
        if len(found.get("reason") or "") > LONGEST_REASON:
            raise self._fault(keys["reason"], "rules.long_reason", most=LONGEST_REASON)
        return found

    def _when(self, node: yaml.Node) -> dict[str, object]:
        conditions = self._mapping(node, CONDITIONS)
        if not conditions:
            raise self._fault(node, "rules.empty_when")
        return {name: self._condition(name, value) for name, value in conditions.items()}

    def _condition(self, name: str, node: yaml.Node) -> object:
        closed = {"kind": KINDS, "trust": TRUSTS, "obstacles": OBSTACLES, "withheld": WITHHELD}
        if name in closed:
            return tuple(self._one_of(item, closed[name]) for item in self._items(node))
        if name in ("larger", "smaller"):
            return self._number(node)
        if name == "headers":
            if not isinstance(node, yaml.MappingNode):
                raise self._fault(node, "rules.not_mapping")
            return {self._text(key).lower(): self._patterns(value) for key, value in node.value}
        if name == "command":
            return tuple(self._text(item).upper() for item in self._items(node))
        return self._patterns(node)

    def _patterns(self, node: yaml.Node) -> tuple[str, ...]:
        return tuple(self._text(item).lower() for item in self._items(node))

    def _mapping(self, node: yaml.Node, allowed: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._fault(node, "rules.not_mapping")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            word = self._text(key)
            if word not in allowed:
                raise self._fault(key, "rules.unknown_key", key=word, nearest=_nearest(word, allowed))
            if word in found:
                raise self._fault(key, "rules.doubled_key", key=word)
            found[word] = value
        return found

    def _items(self, node: yaml.Node) -> list[yaml.Node]:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not items:
            raise self._fault(node, "rules.empty_list")
        return list(items)

    def _one_of(self, node: yaml.Node, allowed: tuple[str, ...]) -> str:
        word = self._text(node)
        if word not in allowed:
            raise self._fault(node, "rules.unknown_value", value=word, nearest=_nearest(word, allowed))
        return word

    def _number(self, node: yaml.Node) -> int:
        match = re.fullmatch(r"(\d{1,9})\s*(KB|MB)?", self._text(node))
        if match is None:
            raise self._fault(node, "rules.not_size", value=self._text(node))
        return int(match[1]) * {None: 1, "KB": 1024, "MB": 1024 * 1024}[match[2]]

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self._fault(node, "rules.not_text")
        return str(node.value).strip()

    def _fault(self, node: yaml.Node, code: str, **values: object) -> ConfigurationError:
        return ConfigurationError(code, file=self._name, line=node.start_mark.line + 1, **values)


def _nearest(word: str, allowed: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, allowed, n=1, cutoff=0.5)
    return close[0] if close else ", ".join(allowed)
