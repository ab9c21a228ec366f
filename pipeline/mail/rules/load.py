"""``inbox_rules.yaml`` → rules. Every fault is named with file, line and the nearest right spelling."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from pipeline.authoring.spelling import nearest
from pipeline.authoring.tree import BrokenYaml, Fields, Items, Node, Scalar, read_yaml
from pipeline.catalogue import text
from pipeline.errors import ConfigurationError
from pipeline.mail.kinds.classify import KINDS
from pipeline.mail.rules.ruleset import (
    ACTIONS,
    CONDITIONS,
    LETTERS,
    LONGEST_REASON,
    NEEDED,
    OBSTACLES,
    PARAMETERS,
    RULE_NAME,
    TRUSTS,
    WITHHELD,
    Rule,
    RuleSet,
)

_RULE_KEYS = ("name", "description", "sample", "when", "action", "folder", "letter", "reason")
_FOLDER = re.compile(r"[^\x00-\x1f\x7f*%\\\"]{1,100}")


def load_rules(source: str, name: str) -> RuleSet:
    """Return the rules of YAML text ``source``; ``name`` is the file's name for messages.

    Raises ConfigurationError naming file, line and what is wrong.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()
    return RuleSet(_Reader(name).rules(source), digest)


class _Reader:
    """Reads the rules from the nodes of the YAML, which know their lines."""

    def __init__(self, name: str) -> None:
        self._name = name

    def rules(self, source: str) -> tuple[Rule, ...]:
        try:
            root = read_yaml(source)
        except BrokenYaml as broken:
            code = "rules.too_much" if broken.too_much else "rules.not_yaml"
            advice = text(f"yaml.{broken.what}")
            raise ConfigurationError(code, file=self._name, line=broken.line, advice=advice) from None
        if root is None:
            raise ConfigurationError("rules.empty", file=self._name)
        top = self._mapping(root, ("rules",))
        listed = top.get("rules")
        if not isinstance(listed, Items) or not listed.items:
            raise ConfigurationError("rules.empty", file=self._name)
        nodes = listed.items
        rules = tuple(self._rule(node) for node in nodes)
        self._check_order(rules, nodes)
        return rules

    def _check_order(self, rules: tuple[Rule, ...], nodes: Sequence[Node]) -> None:
        seen: set[str] = set()
        for number, (rule, node) in enumerate(zip(rules, nodes, strict=True), 1):
            if rule.name in seen:
                raise self._fault(node, "rules.doubled", rule=rule.name)
            seen.add(rule.name)
            if not rule.when and number < len(rules):
                raise self._fault(node, "rules.unreachable", rule=rule.name)
        if rules[-1].when:
            raise self._fault(nodes[-1], "rules.no_last", rule=rules[-1].name)

    def _rule(self, node: Node) -> Rule:
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

    def _parameters(self, rule: Node, keys: Mapping[str, Node], action: str) -> dict[str, str | None]:
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

    def _when(self, node: Node) -> dict[str, object]:
        conditions = self._mapping(node, CONDITIONS)
        if not conditions:
            raise self._fault(node, "rules.empty_when")
        return {name: self._condition(name, value) for name, value in conditions.items()}

    def _condition(self, name: str, node: Node) -> object:
        closed = {"kind": KINDS, "trust": TRUSTS, "obstacles": OBSTACLES, "withheld": WITHHELD}
        if name in closed:
            return tuple(self._one_of(item, closed[name]) for item in self._items(node))
        if name in ("larger", "smaller"):
            return self._number(node)
        if name == "headers":
            if not isinstance(node, Fields):
                raise self._fault(node, "rules.not_mapping")
            return {self._text(key).lower(): self._patterns(value) for key, value in node.entries}
        if name == "command":
            return tuple(self._text(item).upper() for item in self._items(node))
        return self._patterns(node)

    def _patterns(self, node: Node) -> tuple[str, ...]:
        return tuple(self._text(item).lower() for item in self._items(node))

    def _mapping(self, node: Node, allowed: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node, Fields):
            raise self._fault(node, "rules.not_mapping")
        found: dict[str, Node] = {}
        for key, value in node.entries:
            word = self._text(key)
            if word not in allowed:
                raise self._fault(key, "rules.unknown_key", key=word, nearest=_nearest(word, allowed))
            if word in found:
                raise self._fault(key, "rules.doubled_key", key=word)
            found[word] = value
        return found

    def _items(self, node: Node) -> Sequence[Node]:
        items = node.items if isinstance(node, Items) else (node,)
        if not items:
            raise self._fault(node, "rules.empty_list")
        return items

    def _one_of(self, node: Node, allowed: tuple[str, ...]) -> str:
        word = self._text(node)
        if word not in allowed:
            raise self._fault(node, "rules.unknown_value", value=word, nearest=_nearest(word, allowed))
        return word

    def _number(self, node: Node) -> int:
        match = re.fullmatch(r"(\d{1,9})\s*(KB|MB)?", self._text(node))
        if match is None:
            raise self._fault(node, "rules.not_size", value=self._text(node))
        return int(match[1]) * {None: 1, "KB": 1024, "MB": 1024 * 1024}[match[2]]

    def _text(self, node: Node) -> str:
        if not isinstance(node, Scalar) or not node.value.strip():
            raise self._fault(node, "rules.not_text")
        return node.value.strip()

    def _fault(self, node: Node, code: str, **values: object) -> ConfigurationError:
        return ConfigurationError(code, file=self._name, line=node.line, **values)


def _nearest(word: str, allowed: tuple[str, ...]) -> str:
    return nearest(word, allowed) or ", ".join(allowed)
