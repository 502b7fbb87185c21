"""The taxi trip model: features, model, checks, and what a service needs around them."""
