"""The desk: read models in, pages for people out; it changes nothing."""
