"""The composition root: joins clock, town, bus, store and rooms to one service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.board import Board, encode
from api.city import City
from api.condition import ServiceCondition, metrics_of
from api.feed_runner import FeedRunner
from api.history import History
from api.http.live import Live
from api.intake import Intake
from api.loop import ControlLoop
from api.open_data.desk import OpenData
from api.open_data.site import Publisher
from api.parking.town_forecaster import town_forecaster
from api.parking_log import ParkingLog
from api.recount_desk import RecountDesk
from api.signals_desk import SignalsDesk
from api.signs_desk import SignsDesk
from api.wire.geojson import network_document
from api.wire.publications import ModelLabel
from parking.guidance import Guidance
from parking.picture import known_sources, sign_drive_times_s
from parking.settings import DisplaySettings, GuidanceSettings
from signal_plans.adaptive.call_points import with_requests
from signal_plans.adaptive.town_sensors import adaptive_town
from signal_plans.control import SignalControl
from signal_plans.settings import SignalSettings
from traffic_core.quality_gate import KnownSources, QualityGate

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.bus.port import Bus
    from api.clock import Clock
    from api.http.keys import KeyRing
    from api.store.recorder import Recorder
    from api.town import Town
    from api.wire.readings import BatchAnswer
    from signal_plans.adaptive.town_sensors import AdaptiveTown


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The parts of one running service."""

    clock: Clock
    town: Town
    city: City
    gate: QualityGate
    intake: Intake
    loop: ControlLoop
    live: Live


def assemble(
    town: Town, clock: Clock, bus: Bus, recorder: Recorder, keys: KeyRing, feeds: FeedRunner | None = None
) -> Service:
    """Join the parts; nothing runs yet."""
    pushed = feeds or FeedRunner([])
    board = Board()
    adaptive = adaptive_town(town.network, town.junctions, town.area_detectors)
    control = _control(town, adaptive)
    city = City(town, None if adaptive is None else adaptive.sensors)
    gate = QualityGate(_known_sources(town))
    intake = Intake(clock, gate, city, recorder, bus)
    loop = ControlLoop(
        clock=clock,
        town=town,
        city=city,
        control=control,
        guidance=Guidance(
            town.parking,
            _guidance_settings(town),
            drive_time_s=sign_drive_times_s(town.network, town.parking),
            events=town.events,
        ),
        forecaster=town_forecaster(town, clock.now_s()),
        board=board,
        history=History(recorder, intake),
        bus=bus,
        parking_log=ParkingLog(recorder),
    )
    condition = ServiceCondition(clock, board, loop, bus, recorder)
    label = ModelLabel(id=town.info.id, name=town.info.name, label_de=town.info.label_de, label_en=town.info.label_en)

    async def push(feed_id: str, body: bytes, may_report: Callable[[str], bool]) -> BatchAnswer:
        result = await pushed.push(feed_id, body, clock.now_s())
        return await intake.acknowledge(pushed.take(feed_id, result, intake, may_report))

    live = Live(
        clock=clock,
        board=board,
        info=town.info,
        label=label,
        network=encode(network_document(town.network, label.model_dump(), town.info.bbox)),
        keys=keys,
        receive=intake.receive,
        push=push,
        counters=intake.counters,
        condition=condition,
        metrics=metrics_of(condition, intake, pushed.outcomes),
        signals=None if control is None else SignalsDesk(control, clock, recorder),
        signs=SignsDesk(
            town.parking, loop.guidance.overrides, clock, recorder, city.occupancy.estimates, loop.guide_at_once
        ),
        recounts=RecountDesk(city, gate, clock, recorder, loop.guide_at_once),
        open_data=OpenData(_publisher(town), town.parking, board, clock),
        forecasts=lambda: loop.forecasts,
    )
    if live.signs is not None:
        loop.override_ended = live.signs.keep_end
    if live.open_data is not None:
        live.open_data.forecasts = live.forecasts
    return Service(clock=clock, town=town, city=city, gate=gate, intake=intake, loop=loop, live=live)


def _guidance_settings(town: Town) -> GuidanceSettings:
    """The usual ones; with a trained forecast, the thresholds that were learned with it."""
    if town.forecast is None:
        return GuidanceSettings()
    return GuidanceSettings(display=DisplaySettings(thresholds=town.forecast.thresholds))


def _publisher(town: Town) -> Publisher:
    west, south, east, north = town.info.bbox
    return Publisher(
        id=town.info.id,
        name=town.info.name,
        position=((west + east) / 2.0, (south + north) / 2.0),
        attribution=tuple(town.info.attribution),
        licence=town.info.licence,
        simulated=town.simulated,
    )


def _known_sources(town: Town) -> KnownSources:
    reach_m = {detector.id: detector.reach_m for detector in town.area_detectors}
    sources = replace(known_sources(town.network, town.parking), area_reach_m=reach_m)
    return with_requests(sources, town.network, [junction.layout for junction in town.junctions.values()])


def _control(town: Town, adaptive: AdaptiveTown | None) -> SignalControl | None:
    if not town.junctions:
        return None
    return SignalControl(
        town.junctions,
        town.network,
        SignalSettings(),
        town.selection,
        adaptive=None if adaptive is None else adaptive.control,
    )
