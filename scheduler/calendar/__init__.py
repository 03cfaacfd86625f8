"""Which dates does the template week fall on? Term dates, holidays, make-up days, seasons."""
