"""Looking for counterexamples: random samples, guided search, and shrinking to something readable."""
