"""What speaks for or against an honest exam: evidence for people who decide, never a verdict."""
