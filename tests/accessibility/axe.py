"""Runs axe-core over pages in one run of Chromium, in the light and the dark look, and measures what it does not."""

from __future__ import annotations

import html
import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.systems.programs import find_program, not_run

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
DARK = "@media (prefers-color-scheme:dark)"
_SECONDS = 240
# A letter is shown inside a mail program's page: landmarks and the like are that page's.
_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {name: {"enabled": False} for name in ("region", "landmark-one-main", "page-has-heading-one")},
    "resultTypes": ["violations", "incomplete"],
}
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations", "incomplete"]}
_SCRIPT = """
const pages = JSON.parse(document.getElementById('pages').textContent), found = {};
const shown = e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0; };
function measured(doc) {
  const small = new Set();
  const walker = doc.createTreeWalker(doc.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), parent = walker.currentNode.parentElement;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (text && shown(parent) && size < 14) small.add(`${size}px: ${text.slice(0, 40)}`);
  }
  return {
    small: [...small],
    wide: doc.documentElement.scrollWidth - doc.documentElement.clientWidth,
    tables: [...doc.querySelectorAll('table')].filter(
      t => (t.getAttribute('role') === 'presentation') === !!t.querySelector(':scope > * > tr > th')).length,
  };
}
async function look(name, source) {
  const frame = document.createElement('iframe');
  frame.style = 'border:0;width:800px;height:3000px';
  const loaded = new Promise(done => frame.onload = done);
  frame.srcdoc = source.replace(DARK, '@media not all');
  document.body.append(frame);
  await loaded;
  const script = frame.contentDocument.createElement('script');
  const ready = new Promise(done => script.onload = done);
  script.src = AXE;
  frame.contentDocument.head.append(script);
  await ready;
  const short = list => list.map(r => `${r.id}: ${r.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`);
  const doc = frame.contentDocument, axe = frame.contentWindow.axe, style = doc.querySelector('style');
  async function note(how, options) {
    const said = options ? await axe.run(doc, options) : {violations: [], incomplete: []};
    found[`${name}, ${how}`] = {
      violations: short(said.violations), incomplete: short(said.incomplete), ...measured(doc)};
  }
  await note('light', ALL);
  style.textContent = style.textContent.replace('@media not all', '@media all');
  await note('dark', COLOURS);
  frame.style.width = '375px';
  await note('phone', null);
  frame.remove();
}
onload = async () => {
  try { for (const [name, source] of Object.entries(pages)) await look(name, source); }
  catch (error) { found.error = String(error); }
  const out = document.createElement('pre');
  out.id = 'found';
  out.textContent = JSON.stringify(found);
  document.body.append(out);
};
"""


@dataclass(frozen=True)
class Seen:
    """What was found in one look at a page.

    ``wide`` is how many pixels it is wider than the window, ``small`` text under 14 px, ``tables`` how many tables are
    marked wrongly: one with headers as decoration, or one for the layout as data.
    """

    violations: list[str]
    incomplete: list[str]
    small: list[str]
    wide: int
    tables: int


def examine(pages: Mapping[str, str]) -> dict[str, Seen]:
    """Look at every page on a desktop (light: everything; dark: colours) and at its sizes on a phone.

    Keys are ``<name>, light``, ``dark`` and ``phone``.
    """
    browser = find_program("chromium", "Chromium")
    if not AXE.is_file():
        not_run("axe-core is not installed (sh tests/accessibility/install.sh): not run")
    found = _run(browser, pages)
    assert "error" not in found, found["error"]
    assert len(found) == 3 * len(pages)
    return {name: Seen(**seen) for name, seen in found.items()}


def _run(browser: str, pages: Mapping[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        page = Path(home) / "page.html"
        # The closing mark of a script would end the element that carries the pages.
        named = {"AXE": AXE.as_uri(), "DARK": DARK, "ALL": _OPTIONS, "COLOURS": _COLOURS}
        constants = ", ".join(f"{name} = {json.dumps(value)}" for name, value in named.items())
        carried = json.dumps(dict(pages), ensure_ascii=False).replace("</", "<\\/")
        page.write_text(
            "<!DOCTYPE html><meta charset=utf-8><body>"
            f"<script type='application/json' id=pages>{carried}</script>"
            f"<script>const {constants};{_SCRIPT}</script>",
            encoding="utf-8",
        )
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--allow-file-access-from-files",
            "--virtual-time-budget=3600000",
            f"--user-data-dir={home}/profile",
            "--dump-dom",
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
    match = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert match is not None, done.stderr[-1000:]
    result: dict[str, Any] = json.loads(html.unescape(match[1]))
    return result
