"""The commands of an installation, one file each."""
