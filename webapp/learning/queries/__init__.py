"""Reading learning."""
