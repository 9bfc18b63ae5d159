"""Who did what to whom, and why: append-only rows, sealed into a chain."""
