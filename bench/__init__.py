"""What Alta costs: each measure as a ratio to a raw limit taken in the same run."""
