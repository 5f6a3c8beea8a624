"""Happenings as the truth reads them; they are described where pages that know no numerics can read them too."""

from salus.world.happenings import KINDS, BadHappening, Happening, as_row, from_row, read_happenings

__all__ = ["KINDS", "BadHappening", "Happening", "as_row", "from_row", "read_happenings"]
