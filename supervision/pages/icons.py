"""The icon set: 20 by 20, drawn with lines, always beside words and therefore hidden from screen readers."""

from __future__ import annotations

from django.utils.safestring import SafeString

PATHS = {
    "lock": '<rect x="4" y="9" width="12" height="8" rx="2"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>',
    "eye": '<path d="M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5Z"/><circle cx="10" cy="10" r="2.2"/>',
    "check": '<path d="m4 10.5 4 4 8-9"/>',
    "pen": '<path d="M4 16l1-4 8-8 3 3-8 8-4 1Z"/><path d="M11 6l3 3"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.2l2.6 1.8"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9.2v4.6"/><path d="M10 6.2h.01"/>',
    "alert": '<path d="M10 3 2.5 16.5h15L10 3Z"/><path d="M10 8.5v3.6"/><path d="M10 14.3h.01"/>',
    "left": '<path d="M12 4l-6 6 6 6"/>',
    "right": '<path d="M8 4l6 6-6 6"/>',
    "down": '<path d="M10 3v10m-4-4 4 4 4-4"/><path d="M4 17h12"/>',
    "chat": '<path d="M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3'
    'h-.5A1.5 1.5 0 0 1 3 12.5Z"/>',
    "cloud": '<path d="M6 15.5a3.5 3.5 0 0 1-.4-7A4.8 4.8 0 0 1 15 9.3a3.2 3.2 0 0 1-.4 6.2Z"/>',
    "key": '<circle cx="6.5" cy="13.5" r="3.5"/><path d="m9 11 7-7m-3.2 3.2 2.2 2.2"/>',
    "shield": '<path d="M10 2.8 4 5v4.6c0 3.6 2.5 6.3 6 7.6 3.5-1.3 6-4 6-7.6V5l-6-2.2Z"/>',
    "people": '<circle cx="7" cy="7" r="2.8"/><path d="M2 16.5c.4-3 2.3-4.7 5-4.7s4.6 1.7 5 4.7"/>'
    '<path d="M12.6 4.5a2.6 2.6 0 0 1 0 5M14.6 12c1.9.6 3 2.1 3.4 4.5"/>',
    "calendar": '<rect x="3" y="4.5" width="14" height="12.5" rx="2"/>'
    '<path d="M3 8.5h14M7 2.8v3.2M13 2.8v3.2"/>',
    "document": '<path d="M5 2.8h6.5L15.5 7v10.2H5Z"/><path d="M11.2 3v4.2h4.2M7.8 11h5M7.8 14h5"/>',
}


def icon(name: str) -> SafeString:
    """Inline SVG for `name`; a name that is not in the set raises KeyError."""
    return SafeString(
        f'<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{PATHS[name]}</svg>'
    )
