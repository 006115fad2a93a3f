"""What every service is built from: storage, messages, jobs, commands, files, secrets. It knows no business word."""
