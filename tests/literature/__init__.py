"""The literature reproduced: models of the papers, their figures, and tests that ours are the same."""
