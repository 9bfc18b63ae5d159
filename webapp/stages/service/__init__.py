"""What happens to lists: freeze, re-check, second computation, notice, objections, final list."""
