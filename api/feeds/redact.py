"""Texts for people and logs without secrets: keys, users in addresses, values of telling parameters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.feeds.port import ParseResult

_KEY_OF = "api|apps?|access|account|subscription|functions?|client|shared|private|master|user|service|licen[cs]e"
_SECRET_WORD = re.compile(rf"({_KEY_OF})key|token|secret|passw|credential|auth(?!or)|signature", re.ASCII)
_SECRET_NAME = re.compile(r"key|sig|pw|pwd|pass|code|sas|jwt", re.ASCII)
HIDDEN = "(hidden)"
_USER = re.compile(r"(?<=://)[^/\s@'\"]+@")
_PARAMETER = re.compile(r"([?&;#])([\w.%-]{1,64})=([^&;#\s'\"]*)")
_LEAST = 4
"""Shorter secrets would blot out half of a text, and are none."""


def is_secret_name(name: str) -> bool:
    """Whether a parameter or a key of this name carries a secret: `api_key`, `subscription-key`, `sig`."""
    bare = re.sub(r"[^a-z0-9]", "", unquote(name).lower())
    return _SECRET_NAME.fullmatch(bare) is not None or _SECRET_WORD.search(bare) is not None


def redacted(text: str, secrets: Iterable[str | None] = ()) -> str:
    """`text` without `secrets`, without users in addresses and without values of parameters that are named like one."""
    for secret in secrets:
        if secret is not None and len(secret.strip()) >= _LEAST:
            for spelt in (secret, secret.strip(), quote(secret, safe=""), quote(secret)):
                text = text.replace(spelt, HIDDEN)
    text = _USER.sub(f"{HIDDEN}@", text)
    return _PARAMETER.sub(_parameter, text)


def _parameter(match: re.Match[str]) -> str:
    sign, name, value = match.groups()
    return f"{sign}{name}={HIDDEN if value and is_secret_name(name) else value}"


def without_key(result: ParseResult, key: str | None) -> ParseResult:
    """The same result; no refusal shows a part of the feed's key that its server has sent back.

    Values are shortened where they are noted, and of a whole body the first bytes are shown: what is left of a key can
    no longer be found as a whole, so a value goes where it shares four characters in a row with the key.
    """
    if key is None or len(key) < _LEAST:
        return result
    parts = {key[start : start + _LEAST].casefold() for start in range(len(key) - _LEAST + 1)}

    def clean(value: str, field: str) -> str:
        return HIDDEN if field == "body" or any(part in value.casefold() for part in parts) else value

    rejects = tuple(
        replace(
            reject,
            field=redacted(reject.field, [key]),
            value=clean(reject.value, reject.field),
            explanation=redacted(reject.explanation, [key]),
        )
        for reject in result.rejects
    )
    return replace(result, rejects=rejects)
