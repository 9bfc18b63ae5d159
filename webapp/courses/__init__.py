"""Courses: files and pages that say what there is to learn, and their versions."""
