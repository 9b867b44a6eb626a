"""The few words of the outbox."""

from django.db import models

OVER = "No longer so"  # dropped when it was to be shown or sent: it does not hold for this recipient
NOT_DUE = "Not due any more"  # dropped because its generator no longer yields it; comes back when it does


class Urgency(models.TextChoices):
    """Whether a message gets a mail of its own or waits for the week's digest."""

    NOW = "now", "its own mail"
    DIGEST = "digest", "in the week's digest"


class Way(models.TextChoices):
    """How somebody wants to hear of a topic. The inbox holds all of it at once, whatever they choose."""

    NOW = "now", "By mail at once"
    DIGEST = "digest", "In the weekly digest"
    INBOX = "inbox", "Only in the inbox"


class DeliveryState(models.TextChoices):
    """Where a mail stands. Parked: tried often enough, a person must look."""

    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    PARKED = "parked", "Parked"
    DROPPED = "dropped", "Not needed any more"


class JobState(models.TextChoices):
    """Where a piece of long work stands."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
