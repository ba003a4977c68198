"""Who reaches what: streets, travel times, coverage, gaps."""
