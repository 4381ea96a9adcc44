/*
title = "Recording coverage"
question = "How many of the answered calls have a recording?"

[[parameters]]
name = "by"
type = "bucket"
default = "week"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "extension"
type = "extension"
help = "Calls that this person answered"

[chart]
kind = "line"
x = "period"
y = ["recorded_percent"]
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS answered,
        count(*) FILTER (WHERE recorded) AS recorded,
        count(*) FILTER (WHERE direction = 'inbound') AS inbound_answered,
        count(*) FILTER (WHERE direction = 'inbound' AND recorded) AS inbound_recorded
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND disposition = 'answered' AND recorded IS NOT NULL
        AND ($queue IS NULL OR first_queue = $queue)
        AND ($extension IS NULL OR answered_by = $extension)
    GROUP BY 1
), periods AS (
    SELECT
        period,
        coalesce(sum(answered), 0) AS answered,
        coalesce(sum(recorded), 0) AS recorded,
        coalesce(sum(inbound_answered), 0) AS inbound_answered,
        coalesce(sum(inbound_recorded), 0) AS inbound_recorded
    FROM (SELECT date_trunc($by, hour) AS period, * FROM hours) AS dated
    GROUP BY ROLLUP (period)
)
SELECT
    period,
    answered,
    recorded,
    100.0 * recorded / nullif(answered, 0) AS recorded_percent,
    100.0 * inbound_recorded / nullif(inbound_answered, 0) AS inbound_recorded_percent
FROM periods
ORDER BY period NULLS LAST
