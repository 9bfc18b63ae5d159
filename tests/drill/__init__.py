"""Drills: faults under load and rows that measure time. `make drill` runs them and prints one table."""
