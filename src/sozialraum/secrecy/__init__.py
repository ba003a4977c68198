"""What may leave the house: the rules, the protection, the edition."""
