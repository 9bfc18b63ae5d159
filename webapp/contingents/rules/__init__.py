"""Who may be sent, and how many."""
