"""One content-addressed file store behind one interface."""
