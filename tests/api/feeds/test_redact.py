from __future__ import annotations

import pytest

from api.feeds.redact import redacted


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://me:hunter2@example.org/x", "https://(hidden)@example.org/x"),
        ("GET https://example.org/x?apikey=hunter2&a=1", "GET https://example.org/x?apikey=(hidden)&a=1"),
        ("https://s3.example.org/o?X-Amz-Signature=hunter2", "https://s3.example.org/o?X-Amz-Signature=(hidden)"),
        ("https://example.org/x?sig=hunter2;b=2", "https://example.org/x?sig=(hidden);b=2"),
        ("https://example.org/x?station=7&monkey=1", "https://example.org/x?station=7&monkey=1"),
        ("the key 'hunter2' is unknown", "the key '(hidden)' is unknown"),
        ("nothing", "nothing"),
    ],
)
def test_secrets_do_not_stay_in_a_text(text, clean):
    assert redacted(text, ["hunter2", None]) == clean


def test_a_secret_too_short_to_be_one_does_not_blot_out_the_text():
    assert redacted("a table of places", ["a", ""]) == "a table of places"
