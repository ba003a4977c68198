"""What a Sozialraumprofil says, before it has a form: one context for every format."""
