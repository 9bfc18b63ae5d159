"""Practical tests: sheets of several judges on blind numbers, and what they come to."""
