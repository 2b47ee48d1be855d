from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.fields import FieldError
from api.feeds.lorawan_payload import bosch_tps110, decoded_state
from api.feeds.port import RejectReason


@pytest.mark.parametrize(
    ("port", "payload", "occupied"),
    [
        (1, b"\x01", True),
        (1, b"\x00", False),
        (2, b"\x01\xff", True),
        (2, b"\x00\x14", False),
        (2, b"\x00", False),
        (3, bytes(16) + b"\x01", True),
        (3, b"\x01" * 16 + b"\x00", False),
    ],
)
def test_the_state_of_the_tps110_stands_where_its_port_says(port, payload, occupied):
    assert bosch_tps110(port, payload) is occupied


@pytest.mark.parametrize(
    ("port", "payload", "reason"),
    [
        (1, b"", RejectReason.MALFORMED),
        (1, b"\x01\x00", RejectReason.MALFORMED),
        (2, b"\x01\x02\x03", RejectReason.MALFORMED),
        (3, b"\x01", RejectReason.MALFORMED),
        (1, b"\x02", RejectReason.OUT_OF_RANGE),
        (0, b"\x01", RejectReason.NO_VALUE),
        (9, b"\x01", RejectReason.NO_VALUE),
    ],
)
def test_other_bytes_tell_no_state(port, payload, reason):
    with pytest.raises(FieldError) as caught:
        bosch_tps110(port, payload)
    assert caught.value.reason is reason


@given(port=st.integers(-5, 300), payload=st.binary(max_size=30))
def test_any_bytes_give_a_state_or_a_reason(port, payload):
    with suppress(FieldError):
        assert bosch_tps110(port, payload) in {True, False}


def test_a_decoded_payload_says_free_by_silence_only_where_the_server_leaves_out_what_is_false():
    assert decoded_state({"type": "heartbeat"}, "occupied", silence_is_false=True) is False
    with pytest.raises(FieldError) as caught:
        decoded_state({"type": "heartbeat"}, "occupied", silence_is_false=False)
    assert caught.value.reason is RejectReason.MISSING_FIELD


@pytest.mark.parametrize(
    ("decoded", "field", "reason"),
    [
        ({"occupied": None}, "occupied", RejectReason.NO_VALUE),
        ({"status.occupied": None}, "status.occupied", RejectReason.NO_VALUE),
        ({"status": {"occupied": None}}, "status.occupied", RejectReason.NO_VALUE),
        ({"status": None}, "status.occupied", RejectReason.WRONG_TYPE),
        ({"status": "sensor error"}, "status.occupied", RejectReason.WRONG_TYPE),
        ({"status": [{"occupied": True}]}, "status.occupied", RejectReason.WRONG_TYPE),
        ({"error": "unknown frame"}, "occupied", RejectReason.NO_VALUE),
        ({"errors": ["unknown frame"]}, "occupied", RejectReason.NO_VALUE),
        ({"error": "stuck", "occupied": False}, "occupied", RejectReason.NO_VALUE),
    ],
)
@pytest.mark.parametrize("silence_is_false", [True, False])
def test_what_is_there_and_tells_nothing_is_not_silence(decoded, field, reason, silence_is_false):
    with pytest.raises(FieldError) as caught:
        decoded_state(decoded, field, silence_is_false=silence_is_false)
    assert caught.value.reason is reason


@pytest.mark.parametrize("decoded", [{"t": 1}, {"status": {}}, {"status": {"t": 1}}, {"error": None, "t": 1}])
def test_silence_is_a_key_that_is_absent_below_objects_or_nothing(decoded):
    assert decoded_state(decoded, "status.occupied", silence_is_false=True) is False


def test_a_decoded_state_is_a_boolean_or_zero_or_one():
    assert decoded_state({"park": {"taken": 1}}, "park.taken", silence_is_false=True) is True
    assert decoded_state({"occupied": False}, "occupied", silence_is_false=False) is False
    for value in ("occupied", 2, 0.5, [True]):
        with pytest.raises(FieldError):
            decoded_state({"occupied": value}, "occupied", silence_is_false=True)


@pytest.mark.shared
def test_the_published_examples_of_the_tps110_are_decoded(shared_data):
    examples = yaml.safe_load((shared_data / "lorawan" / "bosch_tps110_examples.yaml").read_text(encoding="utf-8"))
    assert len(examples) == 3
    for example in examples:
        assert bosch_tps110(example["fPort"], bytes(example["bytes"])) is example["data"]["occupied"]
