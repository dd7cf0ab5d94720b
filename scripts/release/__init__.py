"""Before a release: prove the wheel, run the suite elsewhere, make the docs, measure the size, show the demo."""
