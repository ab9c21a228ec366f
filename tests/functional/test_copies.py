"""The copies in ``outbox/``: what waits, what leaves as it lies there, what is made anew, what goes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # the package has no types
import pytest

from pipeline.errors import UnreachableError
from pipeline.mail.letters.dkim import load_key
from pipeline.mail.letters.render import Renderer
from pipeline.steps import deliver
from pipeline.steps.letters import copies
from tests.functional.campaigns import HOUR, Begin, deferred, refused
from tests.functional.world import letter


def test_copies_move_from_ready_to_sent_and_answers_wait_only_when_they_must(campaign: Begin) -> None:
    made = campaign(4)
    assert made.copies() == {"ready": 4}
    made.deliver()
    assert made.copies() == {"sent": 4}
    made.answer()
    assert made.copies() == {"sent": 4}
    made.mail.says = lambda _: deferred("450 4.2.1 later")
    made.deliver()
    assert made.copies() == {"sent": 4, "ready": 1}
    made.mail.says = lambda _: refused("550 5.1.1 no")
    made.post.later(HOUR)
    made.deliver()
    assert made.copies() == {"sent": 4, "failed": 1}
    assert [path.read_bytes() for path in made.post.settings.outbox.glob("sent/*/000002-*")] == [
        made.mail.sent[1].content
    ]


def test_what_cannot_leave_for_want_of_a_server_lies_in_ready(campaign: Begin) -> None:
    made = campaign(2)
    made.answer()
    made.mail.down = True
    with pytest.raises(UnreachableError):
        made.deliver()
    assert made.copies() == {"ready": 3}
    with pytest.raises(UnreachableError):
        made.deliver()
    made.mail.down = False
    made.deliver()
    assert made.copies() == {"sent": 3}


def test_a_campaign_leaves_as_it_lies_in_ready_and_is_rendered_once(
    campaign: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = campaign(4)
    ready = {path.name: path.read_bytes() for path in made.waiting()}
    monkeypatch.setattr(copies, "render", None)
    assert made.deliver().counts == {"sent": 4}
    assert sorted(ready.values()) == sorted(sent.content for sent in made.mail.sent)
    assert {path.name: path.read_bytes() for path in made.post.settings.outbox.glob("sent/*/*")} == ready


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "altered", "longer"])
def test_a_copy_that_is_not_the_letter_is_made_anew(campaign: Begin, damage: str) -> None:
    made = campaign(2)
    ready = {path.name: path.read_bytes() for path in made.waiting()}
    for path in made.waiting():
        content = path.read_bytes()
        match damage:
            case "gone":
                path.unlink()
            case "empty":
                path.write_bytes(b"")
            case "cut":
                path.write_bytes(content[:-4096])
            case "altered":
                path.write_bytes(content.replace(b"Date: ", b"date: ", 1))
            case "longer":
                path.write_bytes(content + b"more\r\n")
    assert made.deliver().counts == {"sent": 2}
    assert sorted(sent.content for sent in made.mail.sent) == sorted(ready.values())
    assert {path.name: path.read_bytes() for path in made.post.settings.outbox.glob("sent/*/*")} == ready
    assert made.copies() == {"sent": 2}


def test_new_templates_hold_for_what_waits(campaign: Begin, tmp_path: Path) -> None:
    made = campaign(1)
    shutil.copytree(made.post.settings.home / "templates", tmp_path / "templates")
    subject = tmp_path / "templates" / "letters" / "publication" / "subject.txt"
    subject.write_text("Новые слова\n", encoding="utf-8")
    with made.post.context() as context:
        deliver.run(replace(context, renderer=Renderer(tmp_path / "templates")), made.post.now)
    assert [letter(sent.content)["Subject"] for sent in made.mail.sent] == ["Новые слова"]
    assert [path.read_bytes() for path in made.post.settings.outbox.rglob("*.eml")] == [made.mail.sent[0].content]


def test_a_new_key_signs_what_waits(campaign: Begin, key_file: Path) -> None:
    made = campaign(1)
    key = load_key("kabinet.test", "s2", key_file.read_bytes())
    with made.post.context() as context:
        deliver.run(replace(context, dkim=key), made.post.now)
    content = made.mail.sent[0].content
    assert dkim.verify(content, dnsfunc=lambda name, **_: {b"s2._domainkey.kabinet.test.": key.record.encode()}[name])


def test_copies_of_what_will_never_leave_go(campaign: Begin) -> None:
    made = campaign(3)
    folder = made.waiting()[0].parent
    theirs = [folder / name for name in ("заметка.txt", f"{'9' * 40}-scan.pdf", "000001-моё.eml", "1-2.txt")]
    for path in theirs:
        path.touch()
    made.post.later(timedelta(days=40))
    assert made.deliver().counts == {"expired": 3}
    assert sorted(folder.iterdir()) == sorted(theirs)


def test_a_letter_that_left_before_its_copy_was_written_leaves_none_in_ready(campaign: Begin) -> None:
    made = campaign(3)
    made.deliver()
    with made.post.context() as context:
        copies.spool_ready(context, [1, 2, 3])
    assert made.copies() == {"sent": 3}
