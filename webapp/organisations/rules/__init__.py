"""Unified social credit codes and the levels of the tree."""
