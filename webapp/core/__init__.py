"""Mechanisms without business words: database, transactions, queue, clock, words, pages."""
