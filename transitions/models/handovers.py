"""The handover: working sections at the sender, issued versions for the reader, receipts, steps.

Every row carries the child, the sending school and, where the next school may read it, `seen_by`: a composite key with
ON UPDATE CASCADE keeps that equal to the move's own, so that a changed destination closes every version at once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnership.access.classes import in_class_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import Step
from schools.models.sealed import not_sealed
from transitions.enums import HandoverKind, HandoverState, SectionKind
from transitions.models.moves import NO_SCHOOL, Transition


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, viewer: Viewer) -> HandoverQuerySet:
        """Handovers whose progress the viewer may see beside the child's name; content is asked for section by section."""
        here = viewer.reach(Permission.SEE_PROGRESS)
        return self.filter(
            Q(school__in=here)
            | Q(seen_by__in=here)
            | in_class_of(viewer, school="school")
            | in_class_of(viewer, school="seen_by")
        )


class HandoverManager(models.Manager.from_queryset(HandoverQuerySet)):  # type: ignore[misc]
    """Without children whose record is sealed (practice P5)."""

    def get_queryset(self) -> HandoverQuerySet:
        rows: HandoverQuerySet = super().get_queryset()
        return rows.filter(not_sealed("pupil_id"))


class Handover(models.Model):
    """What goes with one child over one boundary: its state. It holds no content; that stands in sections and versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transition = models.OneToOneField(Transition, on_delete=models.CASCADE, related_name="handover")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+", db_index=False)
    school = models.ForeignKey(
        "schools.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    seen_by = models.UUIDField(default=NO_SCHOOL, editable=False)
    kind = models.CharField(max_length=5, choices=HandoverKind, default=HandoverKind.SEND)
    state = models.CharField(max_length=10, choices=HandoverState, default=HandoverState.DRAFT)
    own_conversation = models.BooleanField(default=False)
    talk_to_me = models.BooleanField(default=False)
    latest = models.PositiveSmallIntegerField("latest version", default=0)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)
    """When the latest version was shared."""
    received_at = models.DateTimeField(null=True)
    """When the latest version was first received by an adult of the next school who does not stand on both sides."""
    met_on = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = HandoverManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "pupil", "school", "seen_by"], name="handover_key"),
            models.UniqueConstraint(fields=["id", "pupil", "school"], name="handover_school_key"),
            models.UniqueConstraint(
                fields=["id", "pupil", "school", "seen_by", "state"], name="handover_state_key"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["shared", "met", "accepted", "settled"])
                | Q(shared_at__isnull=False, latest__gte=1),
                name="handover_shared_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["met", "accepted", "settled"]) | Q(met_on__isnull=False),
                name="handover_green_means_met",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "state"], name="handover_sender_state"),
            models.Index(fields=["seen_by", "state"], name="handover_reader_state"),
            models.Index(fields=["pupil"], name="handover_pupil"),
        ]

    def __str__(self) -> str:
        return f"Handover {self.transition_id}"


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, viewer: Viewer) -> SectionQuerySet:
        """Working text: the sending school's readers, and the teacher of the child's present class. Never the receiver."""
        return self.filter(
            Q(school__in=viewer.reach(Permission.READ_HANDOVERS)) | in_class_of(viewer, school="school")
        )


class Section(models.Model):
    """One section as it is being written, with its own version number, so that two writers never lose a word (walls §5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="sections")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=SectionKind)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    nothing = models.BooleanField(default=False)
    prefilled = models.BooleanField(default=False)
    withheld = models.BooleanField(default=False)
    """Taken out of everything sent, and of what will be sent, until it is let go again (practice P9)."""
    version = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField()

    objects = SectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "kind"], name="section_unique")]
        indexes = [models.Index(fields=["school", "handover"], name="section_school")]

    def __str__(self) -> str:
        return self.get_kind_display()


class VersionQuerySet(models.QuerySet["Version"]):
    def visible_to(self, viewer: Viewer) -> VersionQuerySet:
        """What was sent: the sender's readers; the school it was issued to, while it is still the child's next one and
        nothing was withdrawn; and the child's teachers on either side."""
        reads = viewer.reach(Permission.READ_HANDOVERS)
        incoming = Q(reader=models.F("seen_by"), withdrawn_at__isnull=True)
        return self.filter(
            Q(school__in=reads)
            | Q(reader__in=reads) & incoming
            | in_class_of(viewer, school="school")
            | in_class_of(viewer, school="reader") & incoming
        )


class Version(models.Model):
    """What was sent, as it was sent, to one reader. A trigger keeps its text: a section may be taken out whole, words
    replaced by a correction or redaction, and nothing else may change; an amendment is the next number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="versions")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    seen_by = models.UUIDField(default=NO_SCHOOL, editable=False)
    reader = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    """[{"kind": "strengths", "text": "…", "facts": {}, "nothing": false}], in reading order; {"kind": …, "withheld": true}
    where a section was taken out."""
    reason = models.CharField(max_length=300, blank=True)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "number"], name="version_unique")]
        indexes = [
            models.Index(fields=["school", "handover"], name="version_school"),
            models.Index(fields=["reader", "handover"], name="version_reader"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class Receipt(models.Model):
    """An adult of the next school has read a version. Who stands on both sides leaves none (practice P20)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="receipts")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "by"], name="receipt_unique")]

    def __str__(self) -> str:
        return f"Received {self.at:%d %B %Y}"


class HandoverStep(Step):
    """One move of a handover, as people read it."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="steps")
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="+")
    school = models.ForeignKey("schools.Organisation", on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("schools.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    move = models.CharField(max_length=30)
    from_state = models.CharField(max_length=10, choices=HandoverState, blank=True)
    to_state = models.CharField(max_length=10, choices=HandoverState)
    version = models.PositiveSmallIntegerField(default=0)
    act = models.BigIntegerField(null=True, editable=False)
    """The transaction of a correction or redaction, set by a trigger: in it alone those words may be replaced."""

    def __str__(self) -> str:
        return f"{self.move}, {self.at:%d %B %Y}"
