"""What happens to the service as it runs: started, killed, full, locked, asked in vain."""
