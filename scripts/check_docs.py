"""Checks that documents are true where a machine can tell: links, named make targets, commands of both kinds."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from typer.main import get_group

from pipeline.cli import app
from pipeline.mail.commands import guides

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
_ROOMS = "authoring|cabinet|catalogue|files|forms|mail|mailbox|model|outbox|reports|status|steps|store"
_MODULE = re.compile(rf"`(?:pipeline\.)?((?:{_ROOMS})(?:\.[a-z_]+)+)`")


def main() -> int:
    """Print what is wrong and return 1, or return 0."""
    problems = [problem for document in DOCUMENTS for problem in check(document)]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    if not problems:
        sys.stdout.write(f"Documents hold: {len(DOCUMENTS)} read.\n")
    return 1 if problems else 0


def check(document: Path) -> list[str]:
    """Return what is wrong in ``document``: dead links, unknown make targets, unknown commands, empty text."""
    text = document.read_text(encoding="utf-8")
    name = document.relative_to(ROOT)
    problems = [] if text.strip() else [f"{name}: empty"]
    links = set(re.findall(r"\]\(([^)#\s]+)[^)]*\)", text))
    dead = {link for link in links if not _leads_outside(link) and not (document.parent / link).exists()}
    problems += [f"{name}: link to {link}, which is not there" for link in sorted(dead)]
    problems += [f"{name}: make {word} is not a target" for word in _named(r"`make ([a-z-]+)", text) - _targets()]
    problems += [
        f"{name}: {module} is no module" for module in sorted(set(_MODULE.findall(text))) if not _is_there(module)
    ]
    problems += _guide(document.name, text)
    problems += [f"{name}: kabinet {word} is no command" for word in _named(r"`kabinet ([a-z]+)", text) - _commands()]
    return problems


def _is_there(module: str) -> bool:
    """Whether ``forms.reading.read`` is a module or room of the pipeline, or something in a module."""
    place, last = (ROOT / "pipeline").joinpath(*module.split(".")[:-1]), module.rsplit(".", maxsplit=1)[-1]
    return (place / last).is_dir() or (place / last).with_suffix(".py").exists() or place.with_suffix(".py").exists()


def _guide(name: str, text: str) -> list[str]:
    """Return what a guide's tables do not say of the commands by mail; other documents have none."""
    if (role := guides.GUIDES.get(name)) is None:
        return []
    problems = [] if guides.filled(text) == text else [f"docs/{name}: the tables of commands are old, say make guides"]
    return problems + [f"docs/{name}: {command} is shown nowhere" for command in guides.missing(text, role)]


def _leads_outside(link: str) -> bool:
    return "://" in link or link.startswith("mailto:")


def _named(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def _commands() -> set[str]:
    return set(get_group(app).commands)


if __name__ == "__main__":
    sys.exit(main())
