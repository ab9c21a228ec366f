"""Every message of the corpus is taken for what it is: kind, recipient, files, command. Cases M7, M16–M18, M23."""

from __future__ import annotations

import re

import pytest

from pipeline.mail.addresses import canonical
from pipeline.mail.kinds.classify import classify
from pipeline.mail.message.parse import parse
from tests.factories.corpus import CORPUS
from tests.factories.messages import EXCHANGE

OWN = frozenset({EXCHANGE, "support@kabinet.test"})


@pytest.mark.parametrize("name", CORPUS)
def test_every_message_of_the_corpus_is_taken_for_what_it_is(name: str) -> None:
    case = CORPUS[name]
    message = parse(case.data)
    found = classify(message, OWN)
    assert found.kind == case.kind, found.why
    assert tuple(person.address for person in found.bounced) == tuple(map(canonical, case.bounced))
    assert len(found.workbooks) == case.books
    assert (str(found.command) if found.command else None) == case.command
    if case.status is not None:
        assert found.bounced[0].status == case.status
    if case.files is not None:
        assert tuple(item.name for item in message.attachments) == case.files
    assert set(case.obstacles) <= set(found.obstacles)


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 600


def _without(data: bytes, *names: bytes) -> bytes:
    """The message as if somebody had saved or passed it on without these header fields."""
    block, blank, body = data.partition(b"\r\n\r\n")
    kept = re.sub(rb"(?im)^(?:" + b"|".join(names) + rb"):[^\n]*\n(?:[ \t][^\n]*\n)*", b"", block + b"\r\n")
    return kept.removesuffix(b"\r\n") + blank + body


REPORTED = {name: case for name, case in CORPUS.items() if case.kind in ("bounce", "delay")}


@pytest.mark.parametrize(
    ("lost", "most_missed"),
    [((b"Return-Path",), 0.03), ((b"From",), 0.03), ((b"Date", b"Message-ID"), 0.0), ((b"Subject",), 0.08)],
    ids=lambda value: b" ".join(value).decode() if isinstance(value, tuple) else "",
)
def test_reports_are_found_by_what_is_left_of_them(lost: tuple[bytes, ...], most_missed: float) -> None:
    missed, wrong = [], []
    for name, case in REPORTED.items():
        found = classify(parse(_without(case.data, *lost)), OWN)
        if found.kind != case.kind:
            missed.append(name)
        elif tuple(person.address for person in found.bounced) != case.bounced:
            wrong.append(name)
    assert len(missed) <= most_missed * len(REPORTED), missed
    assert len(wrong) <= 0.03 * len(REPORTED), wrong


@pytest.mark.parametrize("lost", [b"Return-Path", b"Date", b"Message-ID", b"To"], ids=bytes.decode)
def test_nobodys_letter_becomes_a_report_when_a_header_is_lost(lost: bytes) -> None:
    ordinary = {name: case for name, case in CORPUS.items() if case.kind not in ("bounce", "delay", "delivered")}
    kinds = {name: classify(parse(_without(case.data, lost)), OWN).kind for name, case in ordinary.items()}
    assert [name for name, kind in kinds.items() if kind in ("bounce", "delay", "delivered")] == []
