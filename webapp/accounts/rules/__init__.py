"""Names, document numbers, phones, passwords and lockout as plain values."""
