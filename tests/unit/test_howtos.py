"""The examples of docs/howto hold: each applies, costs what its page promises, and passes its tests."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "try_howto.py"
HOWTOS = ROOT / "docs" / "howto"
PAGE = "# Example\n\n- Files: at most 1\n- Lines: at most 3\n- Tests: `tests/unit/test_example.py`\n"
DIFF = """diff --git a/tests/unit/test_example.py b/tests/unit/test_example.py
new file mode 100644
--- /dev/null
+++ b/tests/unit/test_example.py
@@ -0,0 +1,2 @@
+def test_example() -> None:
+    assert {result}
"""


@pytest.fixture
def howto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a folder of how-tos of its own that holds one: ``example``."""
    spec = importlib.util.spec_from_file_location("try_howto", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "try_howto", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HOWTOS", tmp_path)
    (tmp_path / "example.md").write_text(PAGE, "utf-8")
    (tmp_path / "example.diff").write_text(DIFF.format(result=True), "utf-8")
    return module


@pytest.mark.parametrize("name", sorted(path.stem for path in HOWTOS.glob("*.diff")))
def test_the_example_applies_costs_what_it_promises_and_passes_its_tests(name: str) -> None:
    done = subprocess.run([sys.executable, SCRIPT, name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_page_has_its_example_and_every_example_its_page() -> None:
    pages = {path.stem for path in HOWTOS.glob("*.md")} - {"README"}
    assert pages == {path.stem for path in HOWTOS.glob("*.diff")}


def test_an_example_that_holds_is_counted(howto: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert howto.main(["example"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "example: 1 of 1 files by hand, 2 of 3 lines added",
        "  tests/unit/test_example.py",
    ]


@pytest.mark.parametrize(
    ("page", "diff", "said"),
    [
        (PAGE.replace("most 1", "most 0"), DIFF, "1 files by hand, at most 0 are promised"),
        (PAGE.replace("most 3", "most 1"), DIFF, "2 lines by hand, at most 1 are promised"),
        (PAGE, DIFF.replace("new file mode 100644\n", "").replace("/dev/null", "a/gone.py"), "the diff does not apply"),
        (PAGE, DIFF.format(result="1 == 2"), "the tests fail"),
        (PAGE, DIFF.format(result="x"), "ruff complains"),
        ("# Example\n", DIFF, "needs the lines"),
    ],
)
def test_an_example_that_does_not_hold_says_why(
    howto: ModuleType, capsys: pytest.CaptureFixture[str], page: str, diff: str, said: str
) -> None:
    (howto.HOWTOS / "example.md").write_text(page, "utf-8")
    (howto.HOWTOS / "example.diff").write_text(diff, "utf-8")
    assert howto.main(["example"]) == 1
    assert said in capsys.readouterr().err
