"""What becomes of the families' wishes, and what would become of them otherwise? Holds both sides, as `make` does."""
