"""Points to learning score, as plain values."""
