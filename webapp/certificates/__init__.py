"""Electronic certificates: issued once, checked by anybody, revoked with a reason."""
