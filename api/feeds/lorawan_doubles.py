"""Which frames have been read: the same uplink comes over several gateways, servers and ways, and counts once."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, deque

from api.feeds.fields import FieldError
from api.feeds.port import RejectReason

SAME_FRAME_S = 30.0
"""Copies of a frame differ by seconds at most; the same count later is a device that counts from 0 again."""
FRAMES_KEPT = 16
MOST_DEVICES = 20_000


class UplinkMemory:
    """The last frames of each device.  Bodies are parsed in threads, so it is locked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frames: OrderedDict[str, deque[tuple[bytes, int, float]]] = OrderedDict()

    def take(self, device: str, session: object, counter: int, at_s: float) -> None:
        """Remember a frame; raises `FieldError` for one that has been read before.

        A frame is known by its device, the session and its number in it.  A device that joins anew gets a new session;
        one with a fixed session that restarts counts from 0 again, and then its frames come later than the old ones.
        """
        known_as = _digest(session)
        with self._lock:
            known = self._frames.setdefault(device, deque(maxlen=FRAMES_KEPT))
            self._frames.move_to_end(device)
            if len(self._frames) > MOST_DEVICES:
                self._frames.popitem(last=False)
            if any(frame[:2] == (known_as, counter) and abs(at_s - frame[2]) <= SAME_FRAME_S for frame in known):
                raise FieldError(RejectReason.DUPLICATE, "this frame has been read before")
            known.append((known_as, counter, at_s))


def _digest(session: object) -> bytes:
    """Eight bytes for a session, however long a stranger's text is."""
    text = str(session) if isinstance(session, str | int) else ""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
