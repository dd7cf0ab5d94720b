"""Tests of scripts/pipeline."""
