"""A whole Alta on one machine, under one directory, beside whatever else runs there."""
