"""Evidence computed from what was recorded: pure functions, thresholds as data."""
