"""Shows the scheduler to people: the command line and the web pages."""
