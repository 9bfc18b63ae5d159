"""The timed theory exam: paper, attempt, answers, submission, grading."""
