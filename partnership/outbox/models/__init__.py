from partnership.outbox.models.deliveries import Delivery, DeliveryQuerySet
from partnership.outbox.models.jobs import Job, JobQuerySet
from partnership.outbox.models.messages import Message, MessageQuerySet
from partnership.outbox.models.wishes import Choice, ChoiceQuerySet, Preference, PreferenceQuerySet

__all__ = [
    "Choice",
    "ChoiceQuerySet",
    "Delivery",
    "DeliveryQuerySet",
    "Job",
    "JobQuerySet",
    "Message",
    "MessageQuerySet",
    "Preference",
    "PreferenceQuerySet",
]
