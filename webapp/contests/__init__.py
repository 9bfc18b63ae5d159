"""Contest rules as data: definition files, their versions, events, stages and phases."""
