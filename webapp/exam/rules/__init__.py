"""Drawing, timing and scoring, as plain values."""
