"""Steps that rebuild the embedded example from the raw extracts; run by ``build_example.py``."""
