"""Rules as data, and the engine that runs all of them in one pass."""
