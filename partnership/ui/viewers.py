"""What this layer asks of a viewer; the viewer itself is built above."""

from __future__ import annotations

import uuid
from typing import Any, Protocol


class ViewerLike(Protocol):
    """Somebody who looks at a page, perhaps nobody."""

    @property
    def user_id(self) -> uuid.UUID | None: ...

    @property
    def name(self) -> str: ...

    @property
    def signed_in(self) -> bool: ...

    def has(self, permission: Any, /) -> bool: ...
