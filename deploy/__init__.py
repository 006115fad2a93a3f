"""How Alta is put on a machine: the local set-up behind `make`, and containers."""
