"""From a URL to bytes: politeness, robots, addresses, redirects, deadlines."""
