"""Training: convert, train, evaluate and package the weights in nlp/models, the same each time."""
