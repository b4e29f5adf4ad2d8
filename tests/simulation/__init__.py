"""Whole universes by seed: the product's own code, on a clock, a store, telephones and people that are made up."""
