"""The numbers of the contract, for whoever needs no frames: a server asks for them without pandas."""

TARGET = "duration_minutes"
VALID_MINUTES = (1.0, 60.0)  # below: meter faults; above: parked cabs and midnight roll-overs
ZONE_IDS = (1, 265)  # 264 is "unknown", 265 "outside the city": both are asked for and both are served
MAX_MILES = 200.0  # the city is 35 miles across; farther is a broken meter
