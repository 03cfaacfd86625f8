"""What is wrong with a finished table? Plain Python over the table and the facts; nothing of the solver."""
