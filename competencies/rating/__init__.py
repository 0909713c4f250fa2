"""Rating the statements of a framework: the marks that one person gives, the form for them, and what can be counted of them."""
