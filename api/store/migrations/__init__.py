"""How did the tables come to be? One file a step, each tested on both databases."""
