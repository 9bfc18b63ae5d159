"""Periods of reports, what a report says, and what follows from both."""
