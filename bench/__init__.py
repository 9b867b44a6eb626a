"""Benchmarks: what large files and large partnerships cost. Never asserted in tests."""
