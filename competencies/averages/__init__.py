"""What a program's signed assessments come to together: over five people and more, and never so that one of them could be told."""
