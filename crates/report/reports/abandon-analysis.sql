/*
title = "Abandon analysis"
question = "After how long do callers give up?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "step_s"
type = "integer"
least = 1
default = 10
help = "Length of a step, in seconds"

[[parameters]]
name = "steps"
type = "integer"
least = 1
most = 100000
default = 60
help = "How many steps; whoever waits longer is in the last"

[chart]
kind = "bar"
x = "wait_from_s"
y = ["abandoned"]
*/
WITH waits AS (
    SELECT
        least(CAST(floor(wait_ms / (1000.0 * $step_s)) AS BIGINT), $steps - 1) AS step,
        count(*) AS calls,
        count(*) FILTER (WHERE disposition = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE disposition = 'answered') AS answered
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND origin = 'external' AND wait_ms IS NOT NULL
        AND ($queue IS NULL OR first_queue = $queue)
    GROUP BY 1
), running AS (
    SELECT
        step,
        abandoned,
        answered,
        sum(calls) OVER (ORDER BY step DESC) AS waiting,
        sum(abandoned) OVER (ORDER BY step) AS abandoned_so_far,
        sum(abandoned) OVER () AS abandoned_in_all
    FROM waits
)
SELECT
    step * $step_s AS wait_from_s,
    waiting,
    abandoned,
    answered,
    100.0 * abandoned / nullif(waiting, 0) AS abandoned_of_waiting_percent,
    100.0 * abandoned_so_far / nullif(abandoned_in_all, 0) AS abandoned_so_far_percent
FROM running
ORDER BY step
