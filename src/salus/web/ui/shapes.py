"""The small drawn shapes that stand beside every coloured word, so that colour never speaks alone."""

from django.utils.safestring import SafeString, mark_safe

_INNER = {
    "level-1": '<circle cx="8" cy="8" r="5.8" fill="none" stroke-width="2.4"/>',
    "level-2": '<circle cx="8" cy="8" r="5.8" fill="none" stroke-width="2.4"/>'
    '<path d="M8 2.2a5.8 5.8 0 0 0 0 11.6z" stroke="none"/>',
    "level-3": '<path d="M8 .8 15.2 8 8 15.2.8 8z" stroke="none"/>',
    "level-4": '<path d="M8 1.2 15.6 14.6H.4z" stroke="none"/>',
    "level-5": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" stroke="none"/>',
    "info": '<circle cx="8" cy="8" r="4" stroke="none"/>',
    "good": '<path d="m2 8.6 4 4 8-9.2" fill="none" stroke-width="2.6"/>',
    "check": '<path d="M8 2 14.4 13.4H1.6z" fill="none" stroke-width="2.2" stroke-linejoin="round"/>',
    "act": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" stroke="none"/>',
    "past": '<path d="M13.8 8a5.8 5.8 0 1 1-2-4.4M12 .8v3.4H8.6" fill="none" stroke-width="2.2"/>',
    "ascending": '<path d="M8 2 14 12H2z" stroke="none"/>',
    "descending": '<path d="M8 14 2 4h12z" stroke="none"/>',
    "both": '<path d="M8 0l4.5 6.5h-9zM8 16 3.5 9.5h9z" stroke="none" opacity=".35"/>',
}
_CHAIN = (
    '<svg viewBox="0 0 42 14" aria-hidden="true" focusable="false" stroke-width="2">'
    '<path d="M10 7h6M26 7h6" /><circle cx="6" cy="7" r="4"/>'
    '<circle class="here" cx="21" cy="7" r="4.6"/><circle cx="36" cy="7" r="4"/></svg>'
)


def shape(name: str) -> SafeString:
    """The SVG of a named shape, hidden from screen readers; empty when there is none."""
    inner = _INNER.get(name)
    if inner is None:
        return mark_safe("")
    return mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">{inner}</svg>')


def chain_mark() -> SafeString:
    """Three linked rings, the middle one filled: the sign of the chain control."""
    return mark_safe(_CHAIN)
