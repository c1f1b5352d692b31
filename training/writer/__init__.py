"""Training and measuring of writer identification."""
