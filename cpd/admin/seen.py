"""The desk's viewer as the actions and queries know it."""

from __future__ import annotations

from typing import cast

from partnership.access.viewer import Viewer
from partnership.ui.admin import AdminViewer


def seen(viewer: AdminViewer) -> Viewer:
    return cast(Viewer, viewer)
