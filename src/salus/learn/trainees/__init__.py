"""Who has been trained, by which exercise, and until when that counts."""
