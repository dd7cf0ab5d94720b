"""Tests of scripts/contract."""
