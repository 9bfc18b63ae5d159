"""Skill records: what one person has done and reached in contests over the years, and links to it."""
