"""The whole result of a contest as one document that others recompute: docs/results-format.md."""
