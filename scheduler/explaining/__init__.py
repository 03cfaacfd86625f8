"""Why is there no lawful plan, and what would help? Counting first, then the solver's conflict, told in the words of a school."""
