"""What deserves work and what has to go: goods and suppliers graded by stock, sales and margin."""
