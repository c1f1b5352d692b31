"""Where training examples come from: one module per kind of data, all alike in what they yield."""
