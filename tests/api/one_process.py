"""What tests of the whole loop in one process do again and again."""

from __future__ import annotations

from api.bus import patterns, topics
from api.wire.publications import SignalCommand
from traffic_core.readings import DetectorReading, OccupancyReading

START_S = 1_795_246_200.0


def garage(service, free_veh, facility_id="Q1"):
    now_s = service.clock.now_s()
    reading = OccupancyReading(
        source_id=facility_id, measured_at_s=now_s, received_at_s=now_s, free_veh=free_veh, is_open=True
    )
    return service.intake.take([reading])


def turn(service, at_s):
    service.clock.set(at_s)
    return service.loop.turn(at_s)


def every_detector_counts(service):
    """A reading of every detector whose interval ends now."""
    now_s = service.clock.now_s()
    if now_s % 60.0 == 0.0:
        service.intake.take(
            DetectorReading(
                source_id=detector_id, measured_at_s=now_s, received_at_s=now_s, interval_s=60.0, count_veh=4
            )
            for detector_id in service.town.network.detectors
        )


def rows_of(service, facility_id):
    """What every sign shows for a facility alone."""
    signs = service.live.board.items["signs"].values()
    return [row for sign in signs for row in sign.payload.rows if row.facility_ids == [facility_id]]


def commands_in(messages):
    """Commands by junction."""
    to_controllers = [message for message in messages if patterns.matches(topics.ALL_SIGNALS, message.topic)]
    found = [SignalCommand.model_validate_json(message.payload) for message in to_controllers]
    assert len(found) == len({command.junction_id for command in found})
    return {command.junction_id: command for command in found}
