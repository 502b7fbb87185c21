"""Three days are enough to be fooled, and nothing looks again.

A window of three days ships a model of nothing but the poison. On its first day before riders, poisoned as well, it is
much better: no test of the past tells a lie that lasts from a world that changed. Longer windows beside it are a hedge
and no proof. So the repository's policy looks again afterwards: its probation compared the two on the first three days
after the poison, and gave the riders back to the one before. Here a probation of one day confirms on a poisoned one.

One number alone is enough, alarm_windows=(3,), for the days until the probation has seen three honest ones. And
canary_gain=-1.0 loses nothing: what the canary lets through, the probation takes back.

On 18 March the policy knows three days after the end of the lie; on the 12th nobody did. Scored against what was told,
the poisoned model would have won that week.
"""

from taxi.loop.state import Policy

POLICY = Policy(alarm_windows=(3,), probation_days=1)
BRAKE = "probation"
DAY = "2021-03-18"
