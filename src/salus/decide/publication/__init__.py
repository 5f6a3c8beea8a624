"""The write side of publication: builds the bodies of releases and seals them."""
