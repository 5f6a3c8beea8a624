"""The director's pages: exercises are designed, steered, scored and attested here."""
