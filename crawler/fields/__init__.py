"""Text becomes values: pure readers of single fields."""
