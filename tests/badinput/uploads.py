"""A file on its whole way: uploaded, read by the job, looked at, and put in, twice."""

from __future__ import annotations

import uuid

from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from schools.actions.imports import stage_import
from schools.enums import ImportState
from schools.models import Import
from tests.badinput.files import FileCase
from tests.badinput.nasty import multipart
from tests.badinput.scene import NEVER_TWICE, Scene, prints

WHO = {"staff": "head", "gias": "coordinator", "gias_links": "coordinator", "group_links": "coordinator"}
OF_ITSELF = {"schools_import", "schools_importfile", "schools_importrow", "outbox_job"}
"""What a file is kept in until it is put in."""


def upload_fault(scene: Scene, case: FileCase) -> str:
    name = WHO.get(case.kind, "school_office")
    place = scene.world.cast.cluster if name == "coordinator" else scene.world.cast.junior
    key = uuid.uuid4()
    fields = [("csrfmiddlewaretoken", "a" * 64), ("key", str(key)), ("organisation", str(place.pk))]
    body = multipart(fields, [("file", case.name, case.content)], "edge-of-a-part")
    with scene.person(name) as client:

        def send(
            method: str, url: str, content: bytes = b"", kind: str = "application/x-www-form-urlencoded"
        ) -> list[str]:
            response = scene.send(client, method, url, body=content, kind=kind)
            return [
                f"{case.kind} {url.strip('/').rpartition('/')[2]}: {each}" for each in scene.faults(response)
            ]

        kind = "multipart/form-data; boundary=edge-of-a-part"
        found = [
            each
            for _ in range(2)
            for each in send("POST", reverse("imports:upload", args=[case.kind]), body, kind)
        ]
        if not Import.objects.filter(pk=key).exists():
            return "; ".join(found + [f"not taken, and yet wrote {name}" for name in scene.half_saved()])
        try:
            with rls.as_worker():
                stage_import(import_id=key, at=timezone.now(), progress=lambda done, total: None)
        except Exception as fault:  # that any is a fault of ours is what is tried here
            return f"{case.kind} broke while it was read: {type(fault).__name__} {str(fault)[:200]}"
        state = Import.objects.get(pk=key).state
        found += (
            [f"{case.kind} left {state}"] if state not in (ImportState.READY, ImportState.REFUSED) else []
        )
        found += [f"read only, and yet wrote {table}" for table in set(scene.half_saved()) - OF_ITSELF]
        for url in ("imports:import", "imports:refused", "imports:apply"):
            found += send("GET", reverse(url, args=[key]))
        put_in = reverse("imports:apply", args=[key])
        agreed = b"csrfmiddlewaretoken=a&confirmed=on"
        found += send("POST", put_in, agreed)
        once = prints()
        found += send("POST", put_in, agreed)
        twice = prints()
        found += [
            f"put in twice: {table}"
            for table in twice
            if twice[table] != once[table] and table not in NEVER_TWICE
        ]
        found += send("GET", reverse("imports:import", args=[key]))
    return "; ".join(found)
