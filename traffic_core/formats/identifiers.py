"""Ids of a file as identifiers of the model, and back.

Signs that an identifier must not hold (`#`, `+`, `/`), that separate ids in our tables (`;`, `>`), blanks and `~`
itself become `~` with the two hexadecimal digits of each UTF-8 byte: `-32038056#3` is `-32038056~233`.
"""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"[#+/;>~\s]")
_ESCAPE = re.compile(r"(?:~[0-9A-F]{2})+")


def identifier_of(file_id: str) -> str:
    """Identifier of the model for an id of the file; different ids give different identifiers."""
    escaped = _ESCAPED.sub(lambda sign: _hex(sign.group()), file_id)
    return "".join(sign if sign.isprintable() else _hex(sign) for sign in escaped)


def file_id_of(identifier: str) -> str:
    """Id of the file that `identifier_of` was given."""
    return _ESCAPE.sub(lambda run: bytes.fromhex(run.group().replace("~", "")).decode("utf-8"), identifier)


def turn_id_of(from_link: str, to_link: str) -> str:
    """Identifier of the turn between two links of the model; `>` is in no link's identifier."""
    return f"{from_link}>{to_link}"


def _hex(sign: str) -> str:
    return "".join(f"~{byte:02X}" for byte in sign.encode("utf-8"))
