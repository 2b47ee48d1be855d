from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.formats import FORMATS
from api.feeds.lorawan_doubles import MOST_DEVICES, UplinkMemory
from api.feeds.port import RejectReason
from traffic_core.readings import BayReading

AT_S = 1_790_000_000.0
EUI = "70b3d57ed0061234"
TIME = "2026-09-21T14:13:20.123456789Z"
TIME_S = 1_790_000_000.123456


def chirpstack(**change):
    message = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": TIME,
        "deviceInfo": {"tenantName": "town", "deviceName": "bay 7", "devEui": EUI},
        "devAddr": "00189440",
        "dr": 1,
        "fCnt": 4,
        "fPort": 1,
        "data": "AQ==",
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "rssi": -48}, {"gatewayId": "0016c001f153a14d", "rssi": -90}],
    }
    return {key: value for key, value in (message | change).items() if value is not None}


def tts(ids=None, top=None, **change):
    uplink = {
        "session_key_id": "AYt4",
        "f_port": 1,
        "f_cnt": 4,
        "frm_payload": "AQ==",
        "decoded_payload": {"type": "parking status", "occupied": True},
        "rx_metadata": [{"gateway_ids": {"gateway_id": "g1"}}, {"gateway_ids": {"gateway_id": "g2"}}],
        "received_at": TIME,
    }
    uplink = {key: value for key, value in (uplink | change).items() if value is not None}
    ids = {"device_id": "bay-7", "dev_eui": EUI.upper(), "dev_addr": "00BCB929"} | (ids or {})
    return {"end_device_ids": ids, "received_at": TIME, "uplink_message": uplink} | (top or {})


def reader(server="lorawan_chirpstack", **options):
    kind = FORMATS[server]
    return kind.reader(kind.options.model_validate(options))


def read(message, using=None, server="lorawan_chirpstack"):
    return (using or reader(server)).parse(json.dumps(message).encode(), AT_S)


@pytest.mark.parametrize(("message", "server"), [(chirpstack(), "lorawan_chirpstack"), (tts(), "lorawan_tts")])
def test_an_uplink_over_two_gateways_is_one_reading_of_the_device(message, server):
    result = read(message, server=server)
    (reading,) = result.readings
    assert isinstance(reading, BayReading)
    assert (reading.source_id, reading.occupied) == (EUI, True)
    assert reading.measured_at_s == pytest.approx(TIME_S, abs=1e-5)
    assert result.rejects == ()


def test_what_the_things_stack_leaves_out_is_free_and_counter_zero():
    decoded_only = tts(f_cnt=None, frm_payload=None, decoded_payload={"type": "parking status"})
    (reading,) = read(decoded_only, server="lorawan_tts").readings
    assert reading.occupied is False
    nothing_decoded = tts(frm_payload="Aw==", decoded_payload={})
    (reading,) = read(nothing_decoded, reader("lorawan_tts", decoder="fields")).readings
    assert reading.occupied is False


@pytest.mark.parametrize(
    "change",
    [
        {"frm_payload": None, "decoded_payload": None},
        {"frm_payload": None, "decoded_payload": {}},
        {"frm_payload": "", "decoded_payload": None},
        {"f_port": 0},
        {"f_port": None},
    ],
)
def test_a_message_without_a_payload_says_nothing(change):
    result = read(tts(**change), server="lorawan_tts")
    assert result.readings == ()
    assert [r.reason for r in result.rejects] == [RejectReason.NO_VALUE]


@pytest.mark.parametrize(
    ("port", "decoded"),
    [(200, {"battery": 3.6}), (9, {"occupied": True}), (True, {"t": 1}), (3, {"error": "unknown frame"})],
)
def test_without_bytes_the_port_of_the_tps110_must_be_one_of_its_state_and_no_error_told(port, decoded):
    for server, message in (
        ("lorawan_tts", tts(frm_payload=None, f_port=port, decoded_payload=decoded)),
        ("lorawan_chirpstack", chirpstack(data=None, fPort=port, object=decoded)),
    ):
        result = read(message, server=server)
        assert result.readings == ()
        assert [r.reason for r in result.rejects] == [RejectReason.NO_VALUE]


def test_a_port_that_is_true_is_not_port_one():
    assert read(tts(f_port=True), server="lorawan_tts").readings == ()
    assert read(tts(f_port=True), reader("lorawan_tts", decoder="fields", ports=[1])).readings == ()


def test_the_bytes_go_before_what_the_server_made_of_them():
    (reading,) = read(tts(frm_payload="AA=="), server="lorawan_tts").readings
    assert reading.occupied is False


def test_chirpstack_keeps_what_is_false_so_a_missing_state_is_no_state():
    result = read(chirpstack(data=None, object={"battery": 3.6}))
    assert [r.reason for r in result.rejects] == [RejectReason.MISSING_FIELD]
    (reading,) = read(chirpstack(data=None, object={"occupied": False})).readings
    assert reading.occupied is False


def test_a_heartbeat_is_a_reading_with_the_state_it_repeats():
    using = reader()
    first = read(chirpstack(), using).readings
    later = read(chirpstack(fCnt=5, fPort=2, data="Af8=", time="2026-09-22T02:13:20Z"), using).readings
    assert [first[0].occupied, later[0].occupied] == [True, True]
    assert later[0].measured_at_s > first[0].measured_at_s + 43_000.0


def test_the_same_frame_counts_once_also_from_another_server_some_seconds_later():
    using = reader()
    assert len(read(chirpstack(), using).readings) == 1
    for copy in (chirpstack(), chirpstack(time="2026-09-21T14:13:24Z", deduplicationId="x", rxInfo=[])):
        result = read(copy, using)
        assert result.readings == ()
        assert [r.reason for r in result.rejects] == [RejectReason.DUPLICATE]


def test_copies_in_one_body_count_once():
    result = read([chirpstack(), chirpstack(), chirpstack(fCnt=5, time="2026-09-21T14:14:00Z", data="AA==")])
    assert [reading.occupied for reading in result.readings] == [True, False]
    assert [r.reason for r in result.rejects] == [RejectReason.DUPLICATE]


@pytest.mark.parametrize("server", ["lorawan_chirpstack", "lorawan_tts"])
def test_after_a_rejoin_the_counter_begins_anew_and_nothing_is_lost(server):
    using = reader(server)
    if server == "lorawan_tts":
        messages = [tts(f_cnt=n) for n in (0, 1)] + [tts(f_cnt=n, session_key_id="BBBB") for n in (0, 1)]
    else:
        messages = [chirpstack(fCnt=n) for n in (0, 1)] + [chirpstack(fCnt=n, devAddr="01020304") for n in (0, 1)]
    assert [len(read(message, using).readings) for message in messages] == [1, 1, 1, 1]


def test_a_device_with_a_fixed_session_that_restarts_is_heard_because_its_frames_are_later():
    using = reader()
    assert len(read(chirpstack(fCnt=0), using).readings) == 1
    assert len(read(chirpstack(fCnt=0, time="2026-09-21T14:15:00Z"), using).readings) == 1


@pytest.mark.parametrize(
    ("message", "server", "reason"),
    [
        (chirpstack(deviceInfo=None), "lorawan_chirpstack", RejectReason.MALFORMED),
        (chirpstack(data="?"), "lorawan_chirpstack", RejectReason.MALFORMED),
        (chirpstack(fCnt=-1), "lorawan_chirpstack", RejectReason.OUT_OF_RANGE),
        (chirpstack(fCnt="4"), "lorawan_chirpstack", RejectReason.OUT_OF_RANGE),
        (chirpstack(time=None), "lorawan_chirpstack", RejectReason.WRONG_TYPE),
        (chirpstack(time="2026-09-21T14:13:20"), "lorawan_chirpstack", RejectReason.NAIVE_TIME),
        (chirpstack(deviceInfo={"deviceName": "x"}), "lorawan_chirpstack", RejectReason.MISSING_FIELD),
        ({"deviceInfo": {"devEui": EUI}, "devAddr": "1", "time": TIME}, "lorawan_chirpstack", RejectReason.NO_VALUE),
        ({"end_device_ids": {}, "join_accept": {}}, "lorawan_tts", RejectReason.NO_VALUE),
        (tts(top={"simulated": True}), "lorawan_tts", RejectReason.NO_VALUE),
        ({"readings": []}, "lorawan_tts", RejectReason.MALFORMED),
    ],
)
def test_what_is_no_uplink_with_a_state_is_refused_with_its_reason(message, server, reason):
    result = read([message, 3], server=server)
    assert result.readings == ()
    assert [r.reason for r in result.rejects] == [reason, RejectReason.WRONG_TYPE]


def test_only_the_ports_of_the_state_are_read_where_they_are_named():
    using = reader("lorawan_tts", decoder="fields", ports=[1])
    battery = tts(f_port=9, f_cnt=1, decoded_payload={"battery": 90})
    assert [r.reason for r in read(battery, using).rejects] == [RejectReason.NO_VALUE]
    assert len(read(tts(f_cnt=2), using).readings) == 1


def test_messages_of_a_storage_are_wrapped_in_a_result():
    assert len(read([{"result": tts()}], server="lorawan_tts").readings) == 1


def test_a_device_without_an_eui_is_known_by_its_name():
    assert read(tts(ids={"dev_eui": None}), server="lorawan_tts").readings[0].source_id == "bay-7"


@given(
    copies=st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(("a", "b")), st.integers(0, 9)), min_size=1, max_size=12
    )
)
def test_however_the_copies_of_frames_come_each_frame_counts_once(copies):
    using = reader()
    read_frames = []
    for counter, session, late_s in copies:
        message = chirpstack(fCnt=counter, devAddr=session, time=f"2026-09-21T14:13:{20 + late_s}Z")
        read_frames += [(session, counter) for _ in read(message, using).readings]
    assert sorted(read_frames) == sorted({(session, counter) for counter, session, _ in copies})


def test_the_memory_of_frames_is_bounded():
    memory = UplinkMemory()
    for number in range(MOST_DEVICES + 10):
        memory.take(f"d{number}", "s", 0, AT_S)
    memory.take("d0", "s", 0, AT_S)  # forgotten, so no double


def test_of_devices_that_are_not_listed_nothing_is_remembered():
    kind = FORMATS["lorawan_chirpstack"]
    using = kind.reader(kind.options(), frozenset({EUI}))
    for stranger in (chirpstack(deviceInfo={"devEui": f"{number:016x}"}) for number in range(3)):
        assert [len(read(stranger, using).readings) for _ in range(2)] == [1, 1]
    assert [len(read(chirpstack(), using).readings) for _ in range(2)] == [1, 0]


def test_a_session_takes_no_more_memory_however_long_it_is():
    memory = UplinkMemory()
    for session in ("x" * 100_000, {"x": ["y" * 100_000]}, "\ud800", 7):
        memory.take("d", session, 0, AT_S)
    assert len(pickle.dumps(memory._frames)) < 1_000
