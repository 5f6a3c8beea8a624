"""The design system: tokens, components, formats, charts and maps that every face shares."""
