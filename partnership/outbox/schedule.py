"""Beat's timetable. Each tick expires before the next, so that a broker that was down brings no flood."""

from typing import Any


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": f"partnership.outbox.tasks.{task}", "schedule": seconds, "options": {"expires": seconds}}


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "collect": _every(300, "collect"),
    "deliver": _every(30, "deliver"),
    "release": _every(60, "release"),
    "work": _every(15, "work"),
}
