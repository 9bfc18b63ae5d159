"""Tables of learning, one module an activity."""

from webapp.learning.models.ledger import PointEntry, PointReversal

__all__ = ["PointEntry", "PointReversal"]
