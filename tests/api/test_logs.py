"""Every line of the log is a JSON object, also those that libraries write."""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog

from api.logs import set_up_logs


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
