"""Files that exams give out."""
