"""From the bytes of a feed or news sitemap to its entries."""
