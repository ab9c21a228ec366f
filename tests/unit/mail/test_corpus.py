"""Every message of the corpus is taken for what it is: kind, recipient, files, command. Cases M7, M16–M18, M23."""

from __future__ import annotations

import pytest

from pipeline.mail.classify import classify
from pipeline.mail.message import parse
from tests.factories.corpus import CORPUS
from tests.factories.messages import EXCHANGE

OWN = frozenset({EXCHANGE, "support@kabinet.test"})


@pytest.mark.parametrize("name", CORPUS)
def test_every_message_of_the_corpus_is_taken_for_what_it_is(name: str) -> None:
    case = CORPUS[name]
    message = parse(case.data)
    found = classify(message, OWN)
    assert found.kind == case.kind, found.why
    assert tuple(person.address for person in found.bounced) == case.bounced
    assert len(found.workbooks) == case.books
    assert (str(found.command) if found.command else None) == case.command
    if case.status is not None:
        assert found.bounced[0].status == case.status
    if case.files is not None:
        assert tuple(item.name for item in message.attachments) == case.files
    assert set(case.obstacles) <= set(found.obstacles)


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 250
