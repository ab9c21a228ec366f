"""Pages from the templates under ``templates/web``. Everything that is filled in is escaped; a missing value raises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.catalogue import format_short, plural

STYLE = "page.css"


class Drawing:
    """Draws pages from the folder ``templates`` (the one that holds ``web/``)."""

    def __init__(self, templates: Path) -> None:
        self._folder = templates / "web"
        self._environment = Environment(
            loader=FileSystemLoader(self._folder),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"short": format_short, "plural": plural}

    def page(self, name: str, /, **values: Any) -> str:  # noqa: ANN401 - templates take anything
        """Return the page ``name`` filled with ``values``."""
        return self._environment.get_template(f"{name}.html").render(values)

    def style(self) -> bytes:
        """Return the style sheet of all pages."""
        return (self._folder / STYLE).read_bytes()
