/*
title = "Heat map"
question = "At which hours of the week do calls from outside come, and how many are answered?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[chart]
kind = "heat"
x = "hour"
y = ["inbound"]
series = "weekday"
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS inbound,
        count(*) FILTER (WHERE disposition = 'answered') AS answered,
        count(*) FILTER (WHERE disposition = 'abandoned') AS abandoned
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND origin = 'external'
        AND ($queue IS NULL OR first_queue = $queue)
    GROUP BY 1
), week AS (
    SELECT
        CAST(date_part('isodow', hour) AS BIGINT) AS day,
        CAST(date_part('hour', hour) AS BIGINT) AS hour,
        sum(inbound) AS inbound,
        sum(answered) AS answered,
        sum(abandoned) AS abandoned
    FROM hours
    GROUP BY 1, 2
)
SELECT
    week.day,
    days.weekday,
    week.hour,
    week.inbound,
    week.answered,
    week.abandoned,
    100.0 * week.answered / nullif(week.inbound, 0) AS answer_rate_percent
FROM week
JOIN (VALUES (1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday'))
    AS days (day, weekday) ON days.day = week.day
ORDER BY week.day, week.hour
