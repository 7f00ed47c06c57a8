"""One small file a kind of site; `scrapy list` names them."""
