"""Constructions that several claims on networks show or measure."""
