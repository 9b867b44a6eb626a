"""What messages about handovers are about, as somebody chooses among them."""

from partnership.access.permissions import Permission as P
from partnership.outbox.enums import Way
from partnership.outbox.topics import Topic

READERS = (P.READ_HANDOVERS, P.WRITE_HANDOVERS, P.RECEIVE_HANDOVERS, P.TEACH)

NEWS = Topic("handovers.news", "What another school shares, changes or withdraws", 10, permissions=READERS)
DUE = Topic("handovers.due", "What is due or late for a child", 12, permissions=READERS, usual=Way.DIGEST)
TALKS = Topic(
    "handovers.talks", "Conversations: planned, and the day before", 14, permissions=READERS, usual=Way.NOW
)
TALK_OFF = Topic(
    "handovers.talk_off",
    "A conversation of yours is called off",
    16,
    firm="It always comes at once, so that nobody waits for somebody who does not come.",
    permissions=READERS,
)
