"""Quality and speed against peers: ``make bench`` or ``python -m bench [speed|risk|notes|keywords] [--data DIR]``."""
