"""Measurements: one module per question, each with ``main() -> None`` that prints a table. Run ``make bench``."""
