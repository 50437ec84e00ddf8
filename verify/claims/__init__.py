"""The claims, one file each, in rooms that mirror `theory`; `verify.ledger` lists them."""
