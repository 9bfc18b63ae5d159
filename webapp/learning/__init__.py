"""Learning points: the ledger and the score that follows from it."""
