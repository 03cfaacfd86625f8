"""What may be? The search for a plan: unknowns, rows, stages. The only room of ortools."""
