"""Pictures of every letter, to be looked at: ``python -m tests.tools.letter_pictures FOLDER [SAMPLE…]``.

Each kind of letter gives one small picture, ``letter-<kind>.png``: on a phone (375 px wide) and on a desktop (800 px),
each with the light and the dark look; ``--all`` does the same for every variant, or for those named after it. Samples
alone give two pictures in full size instead, ``<sample>-phone.png`` and ``<sample>-desktop.png``. Without samples the
page beside the pictures, README.md, gets its list of letters anew. Needs Debian's ``chromium``; nothing is fetched
from a network.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.mail.letters.compose import (
    LOGO_ID,
    Rendered,
)
from tests.factories.letters import SAMPLES, renderer
from tests.tools.images import squeeze
from tests.tools.letter_notes import HEADING, INTRODUCTION, NOTES

WIDTHS = {"phone": 375, "desktop": 800}
_BRACKETS = str.maketrans("[]", "()")
_GAP = 10
_SMALL = 0.5
_DARK = "@media (prefers-color-scheme:dark)"


def main(arguments: Sequence[str]) -> int:
    """Write the pictures into the folder named first; further arguments choose samples. Returns the exit code."""
    browser = shutil.which("chromium")
    if browser is None or not arguments:
        sys.stderr.write("usage: python -m tests.tools.letter_pictures FOLDER [SAMPLE…]; needs chromium\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    letters, named = renderer(), [name for name in arguments[1:] if name != "--all"]
    small = not named or "--all" in arguments
    wanted = named or (SAMPLES if "--all" in arguments else plain_samples())
    rendered = {name: letters.render(SAMPLES[name].kind, SAMPLES[name].data) for name in SAMPLES if name in wanted}
    logo = f"data:image/png;base64,{b64encode(rendered[next(iter(rendered))].logo).decode()}"
    pages = {name: letter.html.replace(f"cid:{LOGO_ID}", logo) for name, letter in rendered.items()}
    if not arguments[1:] and (folder / "README.md").is_file():
        write_list(folder / "README.md", rendered)
    heights = _heights(browser, pages)
    with ThreadPoolExecutor(2) as pool:
        if not small:
            jobs = [
                pool.submit(_picture, browser, folder / f"{name}-{look}.png", page, width, heights[name, look])
                for name, page in pages.items()
                for look, width in WIDTHS.items()
            ]
        else:
            jobs = [
                pool.submit(_overview, browser, folder / f"letter-{_file(name, arguments)}.png", page, name, heights)
                for name, page in pages.items()
            ]
    for job in jobs:
        sys.stdout.write(f"{job.result()}\n")
    return 0


def plain_samples() -> list[str]:
    """The plainest sample of each kind: the one that has its name, or the first."""
    chosen: dict[str, str] = {}
    for name, sample in SAMPLES.items():
        if name == sample.kind or sample.kind not in chosen:
            chosen[sample.kind] = name
    return list(chosen.values())


def write_list(page: Path, rendered: Mapping[str, Rendered]) -> None:
    """Write the list of letters behind the heading «Письма»: subject, picture, what was found in it and mended."""
    head, _, _ = page.read_text(encoding="utf-8").partition(HEADING)
    parts = [head + HEADING, INTRODUCTION]
    for name, letter in rendered.items():
        kind = SAMPLES[name].kind
        parts.append(f"### {kind}\n\n«{letter.subject}»\n\n![{letter.subject.translate(_BRACKETS)}](letter-{kind}.png)")
        parts.append(NOTES[kind])
    page.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _file(name: str, arguments: Sequence[str]) -> str:
    return name if "--all" in arguments else SAMPLES[name].kind


def _frame(page: str, width: int, name: str, height: int) -> str:
    return (
        f'<iframe name="{name}" srcdoc="{html.escape(page)}" scrolling="no"'
        f' style="border:0;float:left;margin-right:{_GAP}px;width:{width}px;height:{height}px"></iframe>'
    )


def _heights(browser: str, pages: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """Return the height of every page at every width, measured in one run of the browser."""
    frames = "".join(
        _frame(page, width, f"{name}/{look}", 300) for name, page in pages.items() for look, width in WIDTHS.items()
    )
    script = (
        "onload=()=>{for(const f of Array.from(frames))"
        "document.body.insertAdjacentText('beforeend',"
        "`[[${f.name}=${Math.ceil(f.document.body.getBoundingClientRect().height)}]]`)}"
    )
    printed = _run(browser, f"<body>{frames}<script>{script}</script></body>", "--dump-dom")
    measured = re.findall(r"\[\[([a-z0-9_-]+)/([a-z]+)=([0-9]+)\]\]", printed)
    return {(name, look): int(height) for name, look, height in measured}


def _overview(browser: str, path: Path, page: str, name: str, heights: Mapping[tuple[str, str], int]) -> Path:
    """All four looks in one picture at half the size."""
    looks = {"light": page.replace(_DARK, "@media not all"), "dark": page.replace(_DARK, "@media all")}
    frames = "".join(
        _frame(look, width, f"{kind}-{device}", heights[name, device])
        for device, width in WIDTHS.items()
        for kind, look in looks.items()
    )
    across = 2 * sum(width + _GAP for width in WIDTHS.values()) - _GAP
    size = f"--window-size={across},{max(heights[name, device] for device in WIDTHS)}"
    body = f'<body style="margin:0;background:#b8bec6;width:{across + _GAP}px">{frames}</body>'
    _run(browser, body, f"--screenshot={path}", size, f"--force-device-scale-factor={_SMALL}")
    squeeze(path)
    return path


def _picture(browser: str, path: Path, page: str, width: int, height: int) -> Path:
    light = page.replace(_DARK, "@media not all")
    dark = page.replace(_DARK, "@media all")
    both = _frame(light, width, "light", height) + _frame(dark, width, "dark", height)
    size = f"--window-size={2 * (width + _GAP) - _GAP},{height}"
    _run(browser, f'<body style="margin:0;width:{2 * (width + _GAP)}px">{both}</body>', f"--screenshot={path}", size)
    return path


def _run(browser: str, page: str, *options: str) -> str:
    with tempfile.TemporaryDirectory() as home:
        source = Path(home) / "page.html"
        source.write_text("<!DOCTYPE html><meta charset=utf-8>" + page, encoding="utf-8")
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-background-networking",
            f"--user-data-dir={home}/profile",
            *options,
            source.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
