"""What a run found, for readers: the verdict table of the terminal and the page of the report."""
