"""What logits with margins cost: codes in closed form, and the depths at which they overtake each other."""
