"""For all tests: those of the sample project are another team's, and run where its wheel is (``make build``)."""

collect_ignore = ["sample_project"]
