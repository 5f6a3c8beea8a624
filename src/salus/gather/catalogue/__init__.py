"""The catalogue: what data there are, how fresh and complete, whose, and who reads them."""

# The reads of gather hand out the catalogue's too; begun from here, both are whole.
import salus.gather.selectors  # noqa: F401
