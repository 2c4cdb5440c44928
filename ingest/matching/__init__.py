"""From articles to stories: sketches, comparison, placement, originals."""
