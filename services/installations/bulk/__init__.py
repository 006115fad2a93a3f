"""Many installations or clients changed at once: `choosing` who, `working` it off, `actions` on each of them."""
