"""Policy as data: the rule table's shape, its judgement, the rule against flapping, its words.

Pure: nothing here reads a table or a clock, so a preview and a test run the very same code.
"""
