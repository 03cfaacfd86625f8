"""How fast, and how near the bound? Measurements, not tests: they depend on the machine."""
