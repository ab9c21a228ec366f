"""The key in the state folder that signs tags: made once, whole, and never used when it is anything else."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from pipeline import private
from pipeline.errors import ConfigurationError

_BYTES = 32
_WHOLE = re.compile(rb"[!-~]{64,}")  # as hexadecimal digits; anything shorter was cut off, and zeros are a lost block


def read(path: Path) -> bytes | None:
    """Return the key, None when there is no file. Raises ConfigurationError for one that is not whole or not readable.

    With a part of a key, or none, anybody could sign what we believe.
    """
    try:
        found = path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError("tag_key.unreadable", path=path, reason=error.strerror or "") from error
    if _WHOLE.fullmatch(found) is None:
        raise ConfigurationError("tag_key.broken", path=path)
    return found


def read_or_make(path: Path) -> bytes:
    """Return the key and make one where there is none; of several that do so at once all get the same.

    Raises ConfigurationError as ``read`` does, and when the key cannot be written.
    """
    found = read(path)
    if found is not None:
        return found
    try:
        private.make_folder(path.parent)
        private.create_whole(path, secrets.token_hex(_BYTES).encode("ascii"))
    except OSError as error:
        raise ConfigurationError("tag_key.unwritable", path=path, reason=error.strerror or "") from error
    made = read(path)
    if made is None:
        raise ConfigurationError("tag_key.unreadable", path=path, reason="")
    return made
