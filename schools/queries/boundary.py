"""What the map is drawn on: boundary lines from the operator's file, and tiles only where the operator names a host."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from partnership.access.viewer import Viewer
from schools.formats.outline import fictional_outline, read_boundary
from schools.queries.directory import directory, on_the_map


def boundary(viewer: Viewer) -> dict[str, Any]:
    """The lines of MAP_BOUNDARY_FILE; in a demo without one, the outline of a county that never was; else none.

    Raises NotABoundary where the named file holds nothing to draw."""
    if path := getattr(settings, "MAP_BOUNDARY_FILE", ""):
        return _from_file(str(path), Path(path).stat().st_mtime)
    if getattr(settings, "DEMO", False):
        places = on_the_map(directory(viewer).open()).filter(urn__gte=900000, urn__lt=1000000)
        return fictional_outline([(each.longitude or 0, each.latitude or 0) for each in places])
    return {"type": "FeatureCollection", "features": []}


@lru_cache(maxsize=2)
def _from_file(path: str, changed: float) -> dict[str, Any]:
    """Read once; read again when the file's time changes."""
    return read_boundary(Path(path).read_text(encoding="utf-8-sig"))


def map_settings(viewer: Viewer) -> dict[str, Any]:
    """For the page: lines, and the tiles' address and its thanks, both empty by default."""
    return {
        "lines": boundary(viewer),
        "tiles": getattr(settings, "MAP_TILE_URL", ""),
        "thanks": getattr(settings, "MAP_TILE_ATTRIBUTION", ""),
    }
