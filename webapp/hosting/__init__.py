"""Organisers apply to run an event or a stage: plan, review, decision, performance file, bars."""
