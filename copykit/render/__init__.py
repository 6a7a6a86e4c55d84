"""Every result as people or machines read it; knows the vocabulary only."""
