"""What is done in an exam: draw, start, save, submit, close, grade, extend, void."""
