"""Numbers of contests: who takes part, from where, and how far they come; and an event put away as one file."""
