"""The year that all levels live through, and the page that compares them. It is told which levels there are.

year      a stream of days, real or simulated, as they arrive
office    people: when they work, how long things take them, what it costs in hours
life      what one level saw, did and answered, scored day by day
peers     who needs no level: nobody, calendars, and somebody who knows what comes
compare   runs all of them, each in its own environment
"""
