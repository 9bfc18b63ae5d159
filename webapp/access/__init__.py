"""Who may do what: permissions, roles, guards and the person behind a request."""
