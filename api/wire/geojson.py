"""The network as GeoJSON on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from traffic_core.geojson import features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.network import Network


def network_document(network: Network, model: dict[str, Any], bbox: Sequence[float]) -> dict[str, Any]:
    """Feature collection of links, nodes and detectors, with the model's label as a foreign member."""
    return {"type": "FeatureCollection", "bbox": list(bbox), "model": model, "features": list(features(network))}
