"""The line list: who is ill and who was asked for comparison, sealed case by case."""
