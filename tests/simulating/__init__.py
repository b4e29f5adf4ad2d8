"""A page played through beforehand, held to what the worker does."""
