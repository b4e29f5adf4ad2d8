"""Measures what the product promises about speed, each figure beside the floor of this machine in the same run."""
