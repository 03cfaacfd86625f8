"""Plans a school's after-school service, and checks any such plan against local policy."""
