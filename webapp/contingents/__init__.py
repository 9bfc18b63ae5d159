"""Delegations (代表队): who is sent to a later stage by which union, with leader and judges."""
