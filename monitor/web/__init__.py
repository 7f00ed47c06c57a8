"""The page: what is remembered, to look up. The only Starlette; without any script."""
