"""Tests of scripts/common."""
