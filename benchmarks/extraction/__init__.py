"""How well pages become articles, measured on labelled pages, beside other extractors."""
