"""Who a person is: identity, account, session, recovery."""
