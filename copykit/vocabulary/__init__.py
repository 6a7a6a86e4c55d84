"""The words of the rooms, one module each; rooms take them from ``copykit.model``."""
