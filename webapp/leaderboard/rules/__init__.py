"""Combination and order, as plain values."""
