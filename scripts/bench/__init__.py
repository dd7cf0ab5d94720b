"""The benchmark, `make bench`: what camb-client costs and gives, beside what one would write or pick instead.

Ratios, not absolutes (machines are noisy): the contenders take turns on one loopback server in
one run, and medians are compared. No contender is measured in a process that did something else.
"""
