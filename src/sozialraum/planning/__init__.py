"""What is to be done: what people say they need, and where figures and voices meet."""
