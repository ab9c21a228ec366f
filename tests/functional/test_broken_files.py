"""Files and disks that are not as they should be, at the command line: one sentence and an exit code (F9)."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import _run
from tests.functional.world import SCHEDULE

ROOT = Path(__file__).resolve().parents[2]
Said = Callable[..., tuple[int, str, str]]
BRACKETS = "[" * 100_000
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BAD_YAML = {
    "brackets": BRACKETS,
    "closed_brackets": "a: " + "[" * 500 + "]" * 500,
    "braces": "{a: " * 50_000,
    "dashes": "- " * 50_000,
    "indents": "\n".join(" " * depth + "a:" for depth in range(600)),
    "laughs": LAUGHS,
    "endless": "a: &a [*a]",
    "long": "# " + "x" * 1_000_000,
    "quote": 'a: "' + "x\n" * 100_000,
    "control": "a: \x01\n",
    "nothing": "",
    "text": "просто текст",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The project's own files, to be spoilt."""
    made = tmp_path / "home"
    shutil.copytree(ROOT / "publications" / SCHEDULE, made / "publications" / SCHEDULE)
    (made / "templates").symlink_to(ROOT / "templates")
    shutil.copyfile(ROOT / "inbox_rules.yaml", made / "inbox_rules.yaml")
    return made


@pytest.fixture
def kabinet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs the command line in this process, state and outbox in ``tmp_path``: exit code, output, errors."""
    monkeypatch.setenv("KABINET_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KABINET_OUTBOX", str(tmp_path / "outbox"))

    def run(*words: str, **settings: str) -> tuple[int, str, str]:
        with monkeypatch.context() as inside:
            for name, value in settings.items():
                inside.setenv(f"KABINET_{name}", value)
            inside.setattr("sys.argv", ["kabinet", *words])
            code = _run()
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def _assert_one_sentence(said: tuple[int, str, str], *words: str, code: int = 2) -> None:
    assert said[0] == code, said
    assert len(said[2].strip().splitlines()) == 1, said
    assert len(said[2]) < 700
    for word in words:
        assert word in said[2]


@pytest.mark.parametrize("content", BAD_YAML.values(), ids=BAD_YAML)
def test_f9_rules_that_are_no_yaml_to_be_read_are_one_sentence(kabinet: Said, home: Path, content: str) -> None:
    (home / "inbox_rules.yaml").write_text(content, encoding="utf-8")
    _assert_one_sentence(kabinet("status", HOME=str(home)), "inbox_rules.yaml")


@pytest.mark.parametrize("content", BAD_YAML.values(), ids=BAD_YAML)
def test_f9_a_form_and_a_publication_that_are_no_yaml_to_be_read_are_one_sentence(
    kabinet: Said, home: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "form.yaml").write_text(content, encoding="utf-8")
    _assert_one_sentence(kabinet("form", "test", str(tmp_path / "form.yaml")), "form.yaml")
    page = home / "publications" / SCHEDULE / "publication.md"
    page.write_text(f"---\n{content}\n---\nТекст\n", encoding="utf-8")
    _assert_one_sentence(kabinet("publish", SCHEDULE, HOME=str(home)), "publication.md")


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff\xfe" * 50_000, b"PK\x03\x04" + b"\x00" * 1000, b"\xd0\xcf\x11\xe0"]
)
def test_f9_bytes_that_are_no_text_are_one_sentence(kabinet: Said, home: Path, tmp_path: Path, content: bytes) -> None:
    listed = tmp_path / "roster.csv"
    listed.write_bytes(content)
    _assert_one_sentence(kabinet("roster", "import", str(listed)), "roster.csv")
    folder = home / "publications" / SCHEDULE
    for path in (folder / "form.yaml", folder / "publication.md", home / "inbox_rules.yaml"):
        path.write_bytes(content)
        _assert_one_sentence(kabinet("publish", SCHEDULE, HOME=str(home)), path.name)
        shutil.copyfile(ROOT / path.relative_to(home), path)


def _in_the_way(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a file", encoding="utf-8")


@pytest.mark.parametrize("words", ["status", "deliver", "doctor --no-letter", "up", "demo", "watch"])
def test_f9_a_file_in_the_place_of_a_folder_is_one_sentence(kabinet: Said, tmp_path: Path, words: str) -> None:
    for name in ("STATE", "OUTBOX"):
        _in_the_way(tmp_path / name)
        for place in (tmp_path / name, tmp_path / name / "inside"):
            _assert_one_sentence(kabinet(*words.split(), **{name: str(place)}), f"KABINET_{name}")


@pytest.mark.parametrize("what", ["kabinet.db", "tag.key"])
def test_f9_a_folder_in_the_place_of_a_file_is_one_sentence(kabinet: Said, tmp_path: Path, what: str) -> None:
    (tmp_path / "state" / what).mkdir(parents=True)
    _assert_one_sentence(kabinet("status"), what, code=1 if what == "kabinet.db" else 2)


def test_f9_what_a_command_reads_and_writes_elsewhere_is_one_sentence(
    kabinet: Said, home: Path, tmp_path: Path
) -> None:
    _in_the_way(tmp_path / "file")
    inside = str(tmp_path / "file" / "x.xlsx")
    _assert_one_sentence(kabinet("form", "build", SCHEDULE, "-o", inside), inside)
    _assert_one_sentence(kabinet("form", "build", SCHEDULE, "-o", str(tmp_path)), str(tmp_path))
    _assert_one_sentence(kabinet("roster", "export", inside), inside)
    _assert_one_sentence(kabinet("publish", SCHEDULE, "--preview", inside), str(tmp_path / "file"))
    _assert_one_sentence(kabinet("roster", "import", str(tmp_path)), str(tmp_path))
    _assert_one_sentence(kabinet("publish", "x" * 300), "xxx")
    _assert_one_sentence(
        kabinet("status", DATABASE_URL="postgresql://kabinet@localhost:port/base"), "KABINET_DATABASE_URL"
    )
    (home / "templates").unlink()
    _assert_one_sentence(kabinet("status", HOME=str(home)), "KABINET_HOME", "templates")
    shutil.rmtree(home)
    _assert_one_sentence(kabinet("status", HOME=str(home)), "KABINET_HOME")


@pytest.mark.parametrize(
    ("call", "number"),
    [
        ("open", errno.EACCES),
        ("open", errno.ENOSPC),
        ("mkdir", errno.EROFS),
        ("fsync", errno.ENOSPC),
        ("link", errno.EPERM),
    ],
)
def test_f9_a_disk_that_refuses_at_the_first_start_is_one_sentence(
    kabinet: Said, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """The key, the folders and the database are made then; the reason and the place are named."""

    def refused(path: object, *_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number), str(path))

    with monkeypatch.context() as refusing:
        refusing.setattr(os, call, refused)
        _assert_one_sentence(kabinet("status"), os.strerror(number))
    assert kabinet("status")[0] == 0


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
from pipeline.cli import main
main()
"""


def test_f9_a_disk_that_is_really_full_is_one_sentence_and_the_next_start_goes_on(tmp_path: Path) -> None:
    """In processes of their own, under a limit of the system: the database is written half-way, then wholly."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("KABINET_")}
    base |= {"KABINET_STATE": str(tmp_path / "state"), "KABINET_OUTBOX": str(tmp_path / "outbox")}
    for limit, codes in ((20_000, {1, 2}), (resource.RLIM_INFINITY, {0})):
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, str(limit), "roster", "import", "publications/roster.xlsx"],
            cwd=ROOT,
            env=base,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode in codes, done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        assert len(done.stderr.splitlines()) == (0 if 0 in codes else 1), done.stderr
