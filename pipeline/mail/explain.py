"""One line of ``kabinet inbox explain``: what a message is, which rule decides and why. No side effects."""

from __future__ import annotations

from typing import Any

import structlog

from pipeline.mail.classify import Classification, classify
from pipeline.mail.identity import Assessment, Tagger, assess, tags_in
from pipeline.mail.message import ParsedMessage, parse
from pipeline.mail.rules import Decision, Facts, RuleSet

log = structlog.get_logger()


def explain(
    name: str, data: bytes, rules: RuleSet, own_addresses: frozenset[str], tagger: Tagger | None = None
) -> dict[str, Any]:
    """Return the JSON object for the message ``data`` of file ``name``.

    Works without roster and database: ``login`` and ``tag`` are told only when a ``tagger`` proves the tag.
    """
    try:
        message = parse(data)
        classification = classify(message, own_addresses)
        assessment = _assessment(message, own_addresses, tagger)
        decision = rules.decide(Facts.of(message, classification, assessment.trust))
        return _line(name, message, classification, assessment, decision)
    except Exception as error:
        log.exception("explain.failed", file=name, size=len(data))
        return _nothing(name, f"incident: {type(error).__name__}")


def _assessment(message: ParsedMessage, own_addresses: frozenset[str], tagger: Tagger | None) -> Assessment:
    if tagger is None:
        return Assessment(None, None, None, "none", None, "no keys")
    found = [tags_in(message, tagger, address) for address in sorted(own_addresses)]
    carrying = [tags for tags in found if tags.address] or found
    if not carrying:
        return Assessment(None, None, None, "none", None, "no address of ours")
    return assess(message.sender, (), carrying[0], (), "none", tagger)


def _line(
    name: str, message: ParsedMessage, classification: Classification, assessment: Assessment, decision: Decision
) -> dict[str, Any]:
    return {
        "file": name,
        "kind": classification.kind,
        "rule": decision.rule,
        "login": assessment.login,
        "trust": assessment.trust,
        "tag": assessment.tag,
        "subject": message.subject,
        "command": str(classification.command) if classification.command else None,
        "bounced": [
            {"address": person.address, "status": person.status, "action": person.action, "reason": person.reason}
            for person in classification.bounced
        ],
        "attachments": [
            {"name": item.name, "size": len(item.data), "type": item.true_type} for item in message.attachments
        ],
        "why": _why(classification, assessment, decision, message),
    }


def _why(classification: Classification, assessment: Assessment, decision: Decision, message: ParsedMessage) -> str:
    parts = [f"{classification.kind}: {classification.why}", f"trust {assessment.trust}: {assessment.why}"]
    if decision.passed:
        parts.append("passed " + ", ".join(decision.passed))
    parts.append(f"rule {decision.rule} → {decision.action}")
    if classification.withheld:
        parts.append(f"no answer: {classification.withheld}")
    if message.defects:
        parts.append("defects: " + ", ".join(message.defects))
    return "; ".join(parts)


def _nothing(name: str, why: str) -> dict[str, Any]:
    line: dict[str, Any] = dict.fromkeys(("login", "tag", "command", "rule"))
    return line | {
        "file": name,
        "kind": "unreadable",
        "trust": "none",
        "subject": "",
        "bounced": [],
        "attachments": [],
        "why": why,
    }
