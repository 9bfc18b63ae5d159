"""Tests that measure time or break things under load: `make drill`, on a quiet machine."""
