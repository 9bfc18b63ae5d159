"""Delegations, their people and what was posted."""
