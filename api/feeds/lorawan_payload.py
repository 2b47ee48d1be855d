"""Payloads of bay sensors: whether the bay is taken.  Each function returns that or raises `FieldError`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.fields import FieldError
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS_PORT, HEARTBEAT_PORT, STARTUP_PORT = 1, 2, 3
STARTUP_BYTES = 17
_LENGTHS = {STATUS_PORT: {1}, HEARTBEAT_PORT: {1, 2}, STARTUP_PORT: {STARTUP_BYTES}}
_ERROR_KEYS = ("error", "errors")
_ABSENT = object()


def bosch_tps110(port: int, payload: bytes) -> bool:
    """State in an uplink of the Bosch parking lot sensor TPS110.

    Port 1 (change): 1 byte, the state.  Port 2 (heartbeat): the state, then the temperature in °C where the firmware
    tells it.  Port 3 (startup): three debug codes of 4 bytes, firmware (3), cause of the reset, the state.
    Layout: device repository of The Things Network, vendor bosch, profile tps110-0292.
    """
    check_tps110_port(port)
    lengths = _LENGTHS[port]
    if len(payload) not in lengths:
        why = f"must have {' or '.join(map(str, sorted(lengths)))} bytes on port {port}, has {len(payload)}"
        raise FieldError(RejectReason.MALFORMED, why)
    state = payload[-1] if port == STARTUP_PORT else payload[0]
    if state not in {0, 1}:
        raise FieldError(RejectReason.OUT_OF_RANGE, f"state must be 0 or 1, is {state}")
    return state == 1


def check_tps110_port(port: int) -> None:
    """Accept a port on which the TPS110 tells its state; raises `FieldError` for any other."""
    if port not in _LENGTHS:
        raise FieldError(RejectReason.NO_VALUE, f"port {port} tells no state")


def decoded_state(decoded: Mapping[str, object], field: str, *, silence_is_false: bool) -> bool:
    """State in a payload that the network server has decoded.

    silence_is_false : the server leaves out fields that are false, so a missing one says that the bay is free; one
        that is there and tells nothing, or whose parent is no object, says nothing
    """
    if any(decoded.get(key) for key in _ERROR_KEYS):
        raise FieldError(RejectReason.NO_VALUE, "the decoded payload tells of an error")
    value = _value(decoded, field)
    if value is _ABSENT:
        if silence_is_false:
            return False
        raise FieldError(RejectReason.MISSING_FIELD, f"the decoded payload has no {field}")
    if value is None:
        raise FieldError(RejectReason.NO_VALUE, f"{field} is null")
    if not isinstance(value, bool | int) or value not in {0, 1}:
        raise FieldError(RejectReason.WRONG_TYPE, f"{field} must be true or false, or 1 or 0")
    return bool(value)


def _value(decoded: Mapping[str, object], field: str) -> object:
    """Value of a key, else of a path of keys with dots; `_ABSENT` where a key is missing."""
    if field in decoded:
        return decoded[field]
    found: object = decoded
    for step in field.split("."):
        if not isinstance(found, dict):
            raise FieldError(RejectReason.WRONG_TYPE, f"what holds {field} must be an object")
        if step not in found:
            return _ABSENT
        found = found[step]
    return found
