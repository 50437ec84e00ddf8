"""Networks trained on bundled data sets, and what is measured on every layer of them."""
