"""What the program promises, one claim a test."""
