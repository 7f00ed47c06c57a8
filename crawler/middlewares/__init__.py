"""Between a request and its response: robots, validators, waiting, the address guard."""
