"""What visits cost, beside other programs on the same pages: `make bench`, docs/performance.md."""
