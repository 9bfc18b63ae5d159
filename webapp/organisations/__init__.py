"""The tree of unions and units, and the roles people hold in it."""
