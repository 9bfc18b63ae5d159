"""One module per bank file format: reads questions and problems, writes questions."""
