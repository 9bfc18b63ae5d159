"""Reading a person's record and the links to it."""
