"""Holds theory against numerics: claims, evidence, verdicts, the report and the command line."""
