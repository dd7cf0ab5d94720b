"""Tests of scripts/, folder by folder."""
