"""Files that a person names or writes, read whole up to a bound. What cannot be read is said in one sentence."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ConfigurationError

_LARGEST_TEXT, _LARGEST_FILE = 10_000_000, 600_000_000  # bytes; what is larger is not what it should be


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file that a person writes; raises ConfigurationError when it cannot be read."""
    try:
        return read_bytes(path, _LARGEST_TEXT).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError("file.not_utf8", path=path) from error


def read_bytes(path: Path, most: int = _LARGEST_FILE) -> bytes:
    """Return the content of a file of at most ``most`` bytes; raises ConfigurationError when it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise ConfigurationError("file.unreadable", path=path, reason=error.strerror or "") from error
    if len(content) > most:
        raise ConfigurationError("file.too_big", path=path, size=most // 1_000_000)
    return content
