"""What an exam says about its questions: how hard they were, whether they told people apart, who picked what.

All figures are floating point and for reading only: no result depends on them. What is not defined (a variance
of 0, too few attempts, a question that brings no marks) is None, never a guess. Definitions: classical test
theory as in Moodle's quiz statistics."""
