"""Every number that Alongside shows, as plain Python: no framework, no database, no clock."""
