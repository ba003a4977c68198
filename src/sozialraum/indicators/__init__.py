"""What the figures say: aggregation and, later, conversion and indices."""
