"""Staff screens that call other packages' services and own no tables."""
