"""Every line of the log is a JSON object, also those that libraries write."""

from __future__ import annotations

import json
import logging
import sys
import time

import pytest
import structlog

from api.logs import Throttle, set_up_logs


class Noted:
    def __init__(self):
        self.events = []

    def warning(self, event, **fields):
        self.events.append((event, fields))


def test_a_flood_of_complaints_becomes_one_and_a_count():
    noted = Noted()
    throttle = Throttle(noted, every_s=0.05)
    for _ in range(1_000):
        throttle.warning("no_batch")
    time.sleep(0.06)
    throttle.warning("no_batch")
    assert [fields["held_back"] for _, fields in noted.events] == [0, 999]


@pytest.fixture
def logs():
    """Logs as the service sets them up, taken back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    set_up_logs()
    yield
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_own_and_foreign_events_are_json_lines_with_time_and_level(logs, capsys):
    logging.getLogger().handlers[0].setStream(sys.stderr)
    structlog.get_logger("api.test").info("feed_failed", feed="q1", explanation="Zeitüberschreitung")
    logging.getLogger("somewhere").warning("careful %d", 7)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["feed_failed", "careful 7"]
    assert lines[0]["feed"] == "q1"
    assert {"timestamp", "level", "logger"} <= set(lines[0]) & set(lines[1])
