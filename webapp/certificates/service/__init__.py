"""Issuing, revoking, printing and exporting certificates."""
