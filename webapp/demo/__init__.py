"""Invented people and events that make the first start worth looking at."""
