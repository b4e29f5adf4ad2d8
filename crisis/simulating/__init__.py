"""A page played through beforehand: whom it would call and when, by the rules that call, with nobody called."""
