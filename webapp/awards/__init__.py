"""Awards: candidates derived from a final standing by the ladder of the contest file, decided by people."""
