"""Files that come with applications and performance files."""
