"""What the commands on a record do: open it, enter, show, check, copy, erase."""
