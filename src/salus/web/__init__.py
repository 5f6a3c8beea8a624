"""The faces of Salus: no rules and no tables live here."""
