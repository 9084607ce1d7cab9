"""The face on video: eye closure and mouth-corner excursion per side, spasms and blinks."""
