"""Reading evidence, cases and declarations."""
