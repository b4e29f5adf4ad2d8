"""Crisis coordinates a school's response to one student's behavioral-health crisis."""
