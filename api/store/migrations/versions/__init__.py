"""Which steps were there? Their names begin with their order."""
