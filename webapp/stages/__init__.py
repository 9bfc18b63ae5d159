"""From a frozen board to a posted list: re-check, substitutes, public notice, objections, final list."""
