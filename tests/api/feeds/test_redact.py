from __future__ import annotations

import pytest

from api.feeds.fields import short_repr
from api.feeds.formats import FORMATS
from api.feeds.port import FeedReject, ParseResult, RejectReason
from api.feeds.redact import HIDDEN, is_secret_name, redacted, without_key

KEY = "S3cr3tK3y-abcdefghijklmnop"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://me:hunter2@example.org/x", "https://(hidden)@example.org/x"),
        ("GET https://example.org/x?apikey=hunter2&a=1", "GET https://example.org/x?apikey=(hidden)&a=1"),
        ("https://s3.example.org/o?X-Amz-Signature=hunter2", "https://s3.example.org/o?X-Amz-Signature=(hidden)"),
        ("https://example.org/x?sig=hunter2;b=2", "https://example.org/x?sig=(hidden);b=2"),
        ("https://example.org/x?station=7&monkey=1", "https://example.org/x?station=7&monkey=1"),
        ("x?subscription-key=a1b2&access_key=c3d4", "x?subscription-key=(hidden)&access_key=(hidden)"),
        ("x?api%5Fkey=a1b2#access_token=c3d4", "x?api%5Fkey=(hidden)#access_token=(hidden)"),
        ("the key 'hunter2' is unknown", "the key '(hidden)' is unknown"),
        ("nothing", "nothing"),
    ],
)
def test_secrets_do_not_stay_in_a_text(text, clean):
    assert redacted(text, ["hunter2", None]) == clean


def test_a_secret_too_short_to_be_one_does_not_blot_out_the_text():
    assert redacted("a table of places", ["a", ""]) == "a table of places"


@pytest.mark.parametrize(
    "name", ["sig", "code", "pw", "PWD", "key", "apiKey", "app_key", "appkey", "Subscription-Key", "X-Functions-Key"]
)
def test_a_parameter_named_like_a_secret_is_known_in_every_spelling(name):
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["monkey", "station", "postcode", "author", "keywords", "format", "typeName"])
def test_other_parameters_are_no_secrets(name):
    assert not is_secret_name(name)


def test_a_key_is_found_in_the_spelling_of_an_address_too():
    assert redacted("401 for key abc%2Fdef", ["abc/def"]) == "401 for key (hidden)"


@pytest.mark.parametrize(
    "value",
    [
        short_repr((KEY + " denied").encode()[:20]),
        short_repr(f"error: the key {KEY} is not valid for this resource, please contact support"),
        short_repr({"detail": f"invalid api key: {KEY} (expired on monday 2026)"}),
        KEY.upper()[:9],
    ],
)
def test_no_part_of_a_key_stays_in_a_value_that_was_shortened(value):
    reject = FeedReject(source_id=None, field="[0]", value=value, explanation=f"{KEY}?", reason=RejectReason.NO_VALUE)
    (told,) = without_key(ParseResult(rejects=(reject,)), KEY).rejects
    assert (told.value, told.explanation) == (HIDDEN, f"{HIDDEN}?")


def test_values_that_share_nothing_with_the_key_are_still_told():
    body = b'{"items": [{"uid": "1", "realtime_free_capacity": "many", "realtime_data_updated_at": "2026-09-21"}]}'
    result = FORMATS["parkapi_v3"].reader().parse(body, 1_790_000_000.0)
    assert "many" in {reject.value.strip("'") for reject in result.rejects}
    assert without_key(result, KEY) == result
    assert without_key(result, None) is result


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_body_that_is_no_feed_shows_none_of_its_bytes_where_a_key_is_set(encoding):
    body = f"{KEY} is not a valid key".encode(encoding)
    for name in ("parkapi_v3", "datex2_v3", "lorawan_tts"):
        for reject in without_key(FORMATS[name].reader().parse(body, 1_790_000_000.0), KEY).rejects:
            assert KEY[:4] not in repr(reject).replace("\\x00", "")
