"""The commands of those who build Salus: test, check, bench, docs, lock.

They import nothing of the product, so that they work while it is broken.
"""
