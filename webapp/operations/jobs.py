"""What the clock process does for all packages."""

from webapp.core.outbox import relay

PERIODIC = (("outbox.relay", 2.0, relay),)
"""A queued job whose fast path failed (Redis away, process killed) leaves within seconds (DECISIONS 10)."""
