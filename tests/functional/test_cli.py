"""The command line as people use it: what it prints, JSON lines, exit codes, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.functional.world import SCHEDULE, opened

ROOT = Path(__file__).resolve().parent.parent.parent
Kabinet = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kabinet(tmp_path: Path) -> Kabinet:
    """Runs ``kabinet`` in a process of its own with its state in ``tmp_path``; keywords add to the environment."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("KABINET_")}
    base |= {"KABINET_STATE": str(tmp_path / "state"), "KABINET_OUTBOX": str(tmp_path / "outbox")}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *arguments],
            cwd=ROOT,
            env=base | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def _lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def _assert_one_sentence(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.fixture
def published(kabinet: Kabinet) -> Kabinet:
    """Roster imported, the schedule published for the coming days, nothing delivered."""
    assert kabinet("roster", "import", "publications/roster.xlsx").returncode == 0
    done = kabinet("publish", SCHEDULE, "--opens", "2026-01-01 09:00", "--closes", "2099-01-01 18:00")
    assert done.returncode == 0, done.stderr
    return kabinet


def test_s12_status_json_has_a_line_per_region_and_one_for_all(published: Kabinet) -> None:
    figures = {"publication": SCHEDULE, "total": 13, "not_started": 13, "in_progress": 0, "submitted": 0}
    figures |= {"state": "open", "opens_at": "2026-01-01T06:00:00+00:00", "closes_at": "2099-01-01T15:00:00+00:00"}
    figures |= {"paused": False}

    def lines(*arguments: str) -> list[dict[str, Any]]:
        found = _lines(published("status", *arguments, "--json"))
        assert all(line.pop("seconds_left") > 0 for line in found)
        return found

    assert lines() == [figures | {"region": "24"}, figures | {"region": None}]
    assert lines(SCHEDULE, "--region", "24") == [figures | {"region": "24"}]


def test_s13_participants_json_names_everyone(published: Kabinet) -> None:
    lines = _lines(published("participants", SCHEDULE, "--json"))
    assert len(lines) == 13
    assert lines[0] == {
        "publication": SCHEDULE,
        "login": "sch050016",
        "name": 'Муниципальное бюджетное общеобразовательное учреждение "Лицей №51"',
        "region": "24",
        "status": "not_started",
        "begun_at": None,
        "handed_in_at": None,
        "flags": [],
    }


def test_publishing_again_adds_nothing(published: Kabinet) -> None:
    again = published("publish", SCHEDULE, "--opens", "2026-01-01 09:00", "--closes", "2099-01-01 18:00", "--json")
    assert _lines(again)[0]["letters"] == 0


def test_dry_run_leaves_letters_as_files_and_nothing_else(kabinet: Kabinet, tmp_path: Path) -> None:
    kabinet("roster", "import", "publications/roster.xlsx")
    done = kabinet("publish", SCHEDULE, "--dry-run", "--only", "spo240065", "--json")
    assert _lines(done)[0]["letters"] == 1
    assert [path.suffix for path in (tmp_path / "outbox").rglob("*") if path.is_file()] == [".eml"]
    assert kabinet("status", "--json").stdout == ""


def test_s10_form_build_then_check_and_read(kabinet: Kabinet, tmp_path: Path) -> None:
    blank = tmp_path / "form.xlsx"
    assert kabinet("form", "build", SCHEDULE, "-o", str(blank)).returncode == 0
    assert "РАБОТЫ НА БЛАНКЕ" in opened(blank.read_bytes()).sheetnames
    checked = kabinet("form", "check", SCHEDULE, str(blank), "--json")
    assert checked.returncode == 1
    (line,) = _lines(checked)
    assert line["outcome"] == "rejected"
    assert {finding["rule"] for finding in line["findings"]} == {"rows_min"}
    assert set(line["findings"][0]) == {
        "code",
        "rule",
        "severity",
        "sheet",
        "row",
        "column",
        "cell",
        "value",
        "message",
    }
    assert line["rows"] == {"paper": 0, "meta": 0, "computer": 0}
    (read,) = _lines(kabinet("form", "read", str(blank), "--json"))
    assert read["outcome"] == "read"
    assert set(read) == {"file", "outcome", "reason", "sheets"}


def test_form_read_gives_a_line_for_any_file_and_never_raises(kabinet: Kabinet, tmp_path: Path) -> None:
    files = {"empty.xlsx": b"", "text.xlsx": b"a;b\n1;2\n", "old.xls": bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = kabinet("form", "read", *(str(tmp_path / name) for name in files), str(tmp_path / "absent.xlsx"), "--json")
    assert done.returncode == 1
    lines = _lines(done)
    assert [line["outcome"] for line in lines] == ["unreadable"] * 4
    assert all(line["reason"] for line in lines)


def test_form_test_runs_the_examples_of_the_shipped_forms(kabinet: Kabinet) -> None:
    for code in (SCHEDULE, "vpr-spo-2021-participants"):
        done = kabinet("form", "test", code)
        assert done.returncode == 0, done.stdout


def test_inbox_explain_prints_one_line_a_file_without_roster_or_database(kabinet: Kabinet, tmp_path: Path) -> None:
    samples = sorted((ROOT / "tests" / "samples").rglob("*.eml"))[:5]
    done = kabinet("inbox", "explain", *map(str, samples), "--json")
    lines = _lines(done)
    assert [line["file"] for line in lines] == [str(path) for path in samples]
    wanted = {"file", "kind", "rule", "login", "trust", "tag", "subject", "command", "bounced", "attachments", "why"}
    wanted |= {"commands", "certainty", "left_over", "until"}
    assert all(set(line) == wanted for line in lines)
    assert not (tmp_path / "state" / "kabinet.db").exists()


def test_unreachable_mail_server_is_one_sentence(published: Kabinet) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        servers = {"KABINET_SMTP_HOST": "127.0.0.1", "KABINET_SMTP_PORT": port, "KABINET_SMTP_TLS": "none"}
        servers |= {"KABINET_IMAP_HOST": "127.0.0.1", "KABINET_IMAP_PORT": port, "KABINET_IMAP_TLS": "none"}
        _assert_one_sentence(published("deliver", **servers), 1, port)
        _assert_one_sentence(published("collect", **servers), 1, port)


def test_taken_port_is_one_sentence(kabinet: Kabinet) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        _assert_one_sentence(kabinet("up", KABINET_EMBEDDED_SMTP_PORT=port), 2, port, "KABINET_EMBEDDED_SMTP_PORT")


def test_broken_yaml_is_one_sentence_naming_file_and_line(kabinet: Kabinet, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(ROOT / "publications", home / "publications")
    shutil.copytree(ROOT / "templates", home / "templates")
    shutil.copyfile(ROOT / "inbox_rules.yaml", home / "inbox_rules.yaml")
    form = home / "publications" / SCHEDULE / "form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("sheets:", "sheetz:"), encoding="utf-8")
    _assert_one_sentence(kabinet("publish", SCHEDULE, KABINET_HOME=str(home)), 2, "form.yaml", "sheetz", "sheets")
    rules = home / "inbox_rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("action: ignore", "action: ignor", 1), encoding="utf-8")
    _assert_one_sentence(kabinet("check", KABINET_HOME=str(home)), 2, "inbox_rules.yaml", "ignor")


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"KABINET_SMTP_PORT": "many"}, "KABINET_SMTP_PORT"),
        ({"KABINET_SMTP_HOST": "mail.example.org"}, "KABINET_IMAP_HOST"),
        ({"KABINET_IMAP_HOST": "mail.example.org"}, "KABINET_SMTP_HOST"),
        ({"KABINET_DATABASE_URL": "oracle://nowhere"}, "KABINET_DATABASE_URL"),
        ({"KABINET_TAG_KEYS": "short"}, "KABINET_TAG_KEYS"),
        ({"KABINET_STATE": "/proc/nowhere"}, "KABINET_STATE"),
    ],
)
def test_bad_setting_is_one_sentence(kabinet: Kabinet, environment: dict[str, str], word: str) -> None:
    _assert_one_sentence(kabinet("status", **environment), 2, word)


@pytest.mark.parametrize(
    "arguments",
    [
        ("publish", "no-such-code"),
        ("participants", "no-such-code"),
        ("roster", "import", "no-such-file.xlsx"),
        ("form", "build", "nothing.yaml", "-o", "x.xlsx"),
    ],
)
def test_wrong_argument_is_one_sentence(kabinet: Kabinet, arguments: tuple[str, ...]) -> None:
    _assert_one_sentence(kabinet(*arguments), 2)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("publish", "no-such-code", "--opening", "now"), "--opening"),
        (("publish",), "Missing argument"),
        (("nothing",), "nothing"),
        (("letters", "--limit", "many"), "--limit"),
    ],
)
def test_wrong_usage_is_one_sentence(kabinet: Kabinet, arguments: tuple[str, ...], word: str) -> None:
    _assert_one_sentence(kabinet(*arguments), 2, "Команда написана неверно", word)


def test_asked_for_nothing_it_shows_what_there_is(kabinet: Kabinet) -> None:
    done = kabinet()
    assert done.returncode == 2
    assert "publish" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_doctor_says_what_is_in_order(kabinet: Kabinet) -> None:
    done = kabinet("doctor")
    assert done.returncode == 0, done.stdout
    assert SCHEDULE in done.stdout
