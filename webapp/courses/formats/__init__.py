"""Course folders, texts and videos as bytes."""
