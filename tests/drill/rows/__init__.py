"""One module for each row of the drill; `ROW` names it and `run()` yields its figures."""
