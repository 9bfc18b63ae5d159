"""Eligibility and the allowed moves of an application."""
