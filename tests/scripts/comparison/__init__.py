"""Tests of scripts/comparison; more is tried on the real pages, in tests/contract/mutations."""
