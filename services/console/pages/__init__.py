"""One module a page: rows and answers in, what the page says out; then a template. All pure."""
