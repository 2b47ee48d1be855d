"""MQTT topic names and topic filters: which are well formed, and which filter takes which topic.

Source of the rules: MQTT Version 5.0 (OASIS 2019), section 4.7.
"""

from __future__ import annotations

from traffic_core.errors import InvalidValueError

LONGEST_BYTES = 65_535


def check_topic(topic: str) -> None:
    """Accept a name that can be published to; raises `InvalidValueError`."""
    _check_text("topic", topic)
    if "+" in topic or "#" in topic:
        raise InvalidValueError("topic", topic, "must not contain the wildcards '+' and '#'")


def check_pattern(pattern: str) -> None:
    """Accept a filter that can be subscribed to; raises `InvalidValueError`."""
    _check_text("pattern", pattern)
    levels = pattern.split("/")
    for number, level in enumerate(levels):
        if ("+" in level or "#" in level) and len(level) > 1:
            raise InvalidValueError("pattern", pattern, "a wildcard must fill its level")
        if level == "#" and number != len(levels) - 1:
            raise InvalidValueError("pattern", pattern, "'#' must be the last level")


def matches(pattern: str, topic: str) -> bool:
    """Whether a filter takes a topic: `+` is one level, `#` the level above it and everything below."""
    if topic.startswith("$") and pattern[:1] in {"+", "#"}:
        return False
    wanted, levels = pattern.split("/"), topic.split("/")
    for number, want in enumerate(wanted):
        if want == "#":
            return True
        if number == len(levels) or want not in {"+", levels[number]}:
            return False
    return len(wanted) == len(levels)


def _check_text(field: str, text: str) -> None:
    if not text or "\0" in text:
        raise InvalidValueError(field, text, "must be a non-empty text without a zero character")
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidValueError(field, text, "must be encodable as UTF-8") from None
    if size > LONGEST_BYTES:
        raise InvalidValueError(field, f"{text[:40]}…", f"must have at most {LONGEST_BYTES} bytes")
