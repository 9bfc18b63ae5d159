"""Halls of an exam: seats, admission tickets, check-in, shared computers, going on on paper."""
