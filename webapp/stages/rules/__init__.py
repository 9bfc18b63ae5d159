"""Promotion, public notices and the numbers behind them, as plain Python."""
