"""When a feed is polled next and a page tried again."""
