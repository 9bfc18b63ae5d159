"""Applying, reviewing, admitting, and registering a unit's workers."""
