"""Reading lists, notices and objections."""
