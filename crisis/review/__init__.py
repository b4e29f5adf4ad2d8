"""What the record of one incident or drill says about how it went. Pure: a log in, figures out, nobody named."""
