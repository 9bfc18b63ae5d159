"""People mark written answers: two apart from each other, a third where they differ."""
