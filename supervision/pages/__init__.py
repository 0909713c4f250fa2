"""How any page is drawn: icons, charts, form bases, paging. No models, no records, no people."""
