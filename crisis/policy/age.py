"""How old a student is on a day; who is born on 29 February is a year older on 1 March."""

from datetime import date


def years(born: date, day: date) -> int:
    """Full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
