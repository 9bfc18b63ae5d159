"""Reading exams, attempts and results."""
