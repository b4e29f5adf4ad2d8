"""Hashing that costs next to nothing, for tests of anything but its strength.

A sign-in at a console of a test is a hash and its check; at the floor of `crisis.store.passwords` the two were a tenth
of the time of all tests of pages.
"""

from crisis.store.passwords import HashCost, Hashing

HASHING = Hashing(HashCost(passes=1, memory=8, lanes=1))
