from partnership.outbox.models.deliveries import Delivery, DeliveryQuerySet
from partnership.outbox.models.jobs import Job, JobQuerySet
from partnership.outbox.models.messages import Message, MessageQuerySet

__all__ = ["Delivery", "DeliveryQuerySet", "Job", "JobQuerySet", "Message", "MessageQuerySet"]
