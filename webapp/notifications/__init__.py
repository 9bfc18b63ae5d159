"""What a person is told: in-site notices, and senders for codes."""
