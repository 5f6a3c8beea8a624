"""Hand-over between organisations."""
