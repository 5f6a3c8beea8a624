"""The operations room: shows and calls, and holds no rule and no table."""
