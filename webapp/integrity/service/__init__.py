"""Recording evidence, gathering it, and what people do with it."""
