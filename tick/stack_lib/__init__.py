"""The pieces of a private stack: what tick/stack.py, the system tests and the benchmarks share."""
