"""Contest definitions and phases as plain values."""
