"""Boundary lines for the map: GeoJSON as an operator gives it, and the made-up outline of a made-up county."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

Point = tuple[float, float]
"""Longitude, latitude, as GeoJSON has them."""

SHAPES = {"Polygon", "MultiPolygon", "LineString", "MultiLineString"}


class NotABoundary(ValueError):
    """The file holds no lines to draw; the message says why."""


def read_boundary(text: str) -> dict[str, Any]:
    """A FeatureCollection of bare lines: properties are dropped, since nothing of them is shown."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotABoundary(f"Line {error.lineno} is not JSON.") from error
    if not isinstance(found, dict) or "type" not in found:
        raise NotABoundary("It is JSON, but not GeoJSON.")
    parts = found.get("features", []) if found["type"] == "FeatureCollection" else [found]
    shapes = [part.get("geometry") if part.get("type") == "Feature" else part for part in parts]
    kept = [shape for shape in shapes if shape and shape.get("type") in SHAPES]
    if not kept:
        raise NotABoundary("It holds neither a polygon nor a line.")
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in kept]
    return {"type": "FeatureCollection", "features": features}


def fictional_outline(points: Sequence[Point], *, corners: int = 96) -> dict[str, Any]:
    """A county that never was, drawn round these points: the demo's schools need one, and no real one fits.

    The line wavers by a fixed sum of waves, so that the same schools always lie in the same county."""
    if not points:
        return {"type": "FeatureCollection", "features": []}
    middle = tuple(sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    squash = math.cos(math.radians(middle[1]))
    reach = max(math.hypot((x - middle[0]) * squash, y - middle[1]) for x, y in points) * 1.1 + 0.01
    ring = []
    for step in range(corners):
        angle = 2 * math.pi * step / corners
        wave = (
            0.11 * math.sin(2 * angle + 0.7) + 0.06 * math.sin(5 * angle + 2.1) + 0.03 * math.sin(11 * angle)
        )
        wave += 0.015 * math.sin(23 * angle + 1.3)
        far = reach * (1.14 + wave)
        ring.append(
            [
                round(middle[0] + far * math.cos(angle) / squash, 5),
                round(middle[1] + far * math.sin(angle), 5),
            ]
        )
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {}, "geometry": shape}],
    }
