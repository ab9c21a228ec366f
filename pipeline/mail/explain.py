"""One line of ``kabinet inbox explain``: what a message is, which rule decides and why. No side effects."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import structlog

from pipeline.mail.commands.moments import read_moment
from pipeline.mail.commands.words.nudging import EXTEND, login_and_moment
from pipeline.mail.identity import Assessment, Tagger, assess, origin_of, tags_in
from pipeline.mail.kinds.beside import goes_on
from pipeline.mail.kinds.classify import (
    Classification,
    classify,
)
from pipeline.mail.message.parse import (
    ParsedMessage,
    parse,
)
from pipeline.mail.message.unpacking import UnpackTnef
from pipeline.mail.rules.ruleset import (
    Decision,
    Facts,
    RuleSet,
)
from pipeline.model.json import Json

_END_OF_DAY = time(23, 59)
log = structlog.get_logger()


def explain(
    name: str,
    data: bytes,
    rules: RuleSet,
    own_addresses: frozenset[str],
    tagger: Tagger | None = None,
    unpack_tnef: UnpackTnef | None = None,
    *,
    trace: bool = False,
) -> dict[str, Any]:
    """Return the JSON object for the message ``data`` of file ``name``.

    ``why`` is one text: what the message is and why, how far the writer is trusted, every rule that was tried with the
    first condition of it that did not hold, and the rule that decided. ``certainty`` is ``likely`` where a
    command is understood by a typo, another keyboard, look-alike letters or words around it, ``unsure`` where there is
    none. Works without roster and database: ``login`` and ``tag`` are there only when a ``tagger`` proves
    the tag. With ``trace`` one more key, «trace», holds every rule tried with each of its conditions: what it wants,
    what was found, whether it holds.
    """
    try:
        message = parse(data, unpack_tnef)
        classification = classify(message, own_addresses)
        assessment = _assessment(message, own_addresses, tagger)
        facts = Facts.of(message, classification, assessment.trust)
        line = _line(name, message, classification, assessment, rules.decide(facts))
        return line | {"trace": _trials(rules, facts)} if trace else line
    except Exception as error:
        log.exception("explain.failed", file=name, size=len(data))
        return _nothing(name, f"incident: {type(error).__name__}") | ({"trace": []} if trace else {})


def _trials(rules: RuleSet, facts: Facts) -> list[Json]:
    return [
        {
            "rule": trial.rule,
            "matched": trial.matched,
            "conditions": [
                {"condition": item.name, "wanted": item.wanted, "found": item.found, "holds": item.holds}
                for item in trial.conditions
            ],
        }
        for trial in rules.trace(facts)
    ]


_MBOX_LINE = re.compile(rb"(?m)^From (?:[^\n]{0,200}\d\d:\d\d[^\n]{0,100}|\S{1,200}[ \t\r]*)$")
MOST_MESSAGES = 100_000


def messages_of(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of every message in a file: itself, or each one of an mbox with its number behind «#».

    An mbox begins with a «From » line; a new message begins at such a line after a blank one. «>From » in a body loses
    one sign (mboxrd). A Maildir is a folder of files and needs nothing of this.
    """
    if b"\n" not in data:  # the line ends of an old Mac
        data = data.replace(b"\r", b"\n")
    if not data.startswith((b"From ", b"\xef\xbb\xbfFrom ")):
        return [(name, data)]
    data = data.removeprefix(b"\xef\xbb\xbf")
    starts = [
        match.start()
        for match in _MBOX_LINE.finditer(data)
        if match.start() == 0 or data[max(0, match.start() - 4) : match.start()].endswith((b"\n\n", b"\r\n\r\n"))
    ][:MOST_MESSAGES] or [0]
    if starts[0] != 0:
        starts.insert(0, 0)
    ends = [*starts[1:], len(data)]
    return [
        (f"{name}#{number}", re.sub(rb"(?m)^>(>*From )", rb"\1", _without_from_line(data[start:end])))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _without_from_line(message: bytes) -> bytes:
    return message[message.find(b"\n") + 1 :] if b"\n" in message else b""


def _assessment(message: ParsedMessage, own_addresses: frozenset[str], tagger: Tagger | None) -> Assessment:
    if tagger is None:
        return Assessment(None, None, None, "none", None, "no keys")
    found = [tags_in(message, tagger, address) for address in sorted(own_addresses)]
    carrying = [tags for tags in found if tags.address] or found
    if not carrying:
        return Assessment(None, None, None, "none", None, "no address of ours")
    return assess(message.sender, (), carrying[0], (), origin_of(message, None), tagger)


def _line(
    name: str, message: ParsedMessage, classification: Classification, assessment: Assessment, decision: Decision
) -> dict[str, Json]:
    return {
        "file": name,
        "kind": classification.kind,
        "rule": decision.rule,
        "login": assessment.login,
        "trust": assessment.trust,
        "tag": assessment.tag,
        "subject": message.subject,
        "command": str(classification.command) if classification.command else None,
        "commands": [str(command) for command in classification.commands],
        "certainty": _certainty(classification),
        "left_over": goes_on(message, classification),
        "until": _until(message, classification),
        "bounced": [
            {"address": person.address, "status": person.status, "action": person.action, "reason": person.reason}
            for person in classification.bounced
        ],
        "attachments": [
            {"name": item.name, "size": len(item.data), "type": item.true_type} for item in message.attachments
        ],
        "why": _why(classification, assessment, decision, message),
    }


def _certainty(classification: Classification) -> str:
    if not classification.commands:
        return "unsure"
    return "likely" if any(command.written for command in classification.commands) else "certain"


def _until(message: ParsedMessage, classification: Classification) -> str | None:
    """The first instant that a «ПРОДЛИТЬ» names, as of the message's date; a day without an hour ends at 23:59."""
    if message.date is None:
        return None
    for command in classification.commands:
        if command.word is EXTEND and (found := read_moment(login_and_moment(command)[1], message.date, _END_OF_DAY)):
            return found[0].isoformat()
    return None


def _why(classification: Classification, assessment: Assessment, decision: Decision, message: ParsedMessage) -> str:
    parts = [f"{classification.kind}: {classification.why}", f"trust {assessment.trust}: {assessment.why}"]
    if decision.tried:
        parts.append("passed " + ", ".join(f"{rule} ({condition})" for rule, condition in decision.tried))
    given = [value for value in (decision.folder, decision.letter, decision.reason) if value]
    parts.append(" ".join([f"rule {decision.rule} → {decision.action}", *given]))
    if classification.withheld:
        parts.append(f"no answer: {classification.withheld}")
    if message.defects:
        parts.append("defects: " + ", ".join(message.defects))
    return "; ".join(parts)


def _nothing(name: str, why: str) -> dict[str, Json]:
    line: dict[str, Json] = dict.fromkeys(("login", "tag", "command", "rule", "until"))
    return line | {
        "file": name,
        "kind": "unreadable",
        "trust": "none",
        "subject": "",
        "commands": [],
        "certainty": "unsure",
        "left_over": False,
        "bounced": [],
        "attachments": [],
        "why": why,
    }
