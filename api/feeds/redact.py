"""Texts for people and logs without secrets: keys, users in addresses, values of telling parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SECRET_WORD = re.compile(r"api_?key|^key$|token|secret|passw|credential|auth(?!or)|signature", re.IGNORECASE)
HIDDEN = "(hidden)"
_USER = re.compile(r"(?<=://)[^/\s@'\"]+@")
_PARAMETER = re.compile(r"([?&;])([\w.%-]{1,64})=([^&;#\s'\"]*)")
_SHORT = re.compile(r"^(sig|pw|pass|code|sas|jwt)$", re.IGNORECASE)
_LEAST = 4
"""Shorter secrets would blot out half of a text, and are none."""


def redacted(text: str, secrets: Iterable[str | None] = ()) -> str:
    """`text` without `secrets`, without users in addresses and without values of parameters that are named like one."""
    for secret in secrets:
        if secret is not None and len(secret.strip()) >= _LEAST:
            text = text.replace(secret, HIDDEN).replace(secret.strip(), HIDDEN)
    text = _USER.sub(f"{HIDDEN}@", text)
    return _PARAMETER.sub(_parameter, text)


def _parameter(match: re.Match[str]) -> str:
    sign, name, value = match.groups()
    secret = SECRET_WORD.search(name) or _SHORT.match(name)
    return f"{sign}{name}={HIDDEN if secret and value else value}"
