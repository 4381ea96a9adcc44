/*
title = "Staffing"
question = "How many people are needed at each hour of the week, as Erlang C has it?"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "target_percent"
type = "number"
least = 0
most = 100
default = 80.0
help = "So many are to be answered in time"

[[parameters]]
name = "target_s"
type = "integer"
least = 0
default = 20
help = "In time is up to so many seconds"

[[parameters]]
name = "shrinkage_percent"
type = "number"
least = 0
most = 99
default = 0.0
help = "The part of paid time that nobody is at the phone: breaks, training, illness"

[chart]
kind = "heat"
x = "hour"
y = ["agents"]
series = "weekday"
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS calls,
        count(talk_ms) FILTER (WHERE disposition = 'answered') AS answered,
        sum(talk_ms) FILTER (WHERE disposition = 'answered') AS handle_ms
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND origin = 'external'
        AND ($queue IS NULL OR first_queue = $queue)
    GROUP BY 1
), handle AS (
    SELECT 0.001 * sum(handle_ms) / nullif(sum(answered), 0) AS handle_s
    FROM hours
), days AS (
    SELECT CAST(date_part('isodow', hour) AS BIGINT) AS day, count(DISTINCT date_trunc('day', hour)) AS days
    FROM hours
    GROUP BY 1
), week AS (
    SELECT
        CAST(date_part('isodow', hour) AS BIGINT) AS day,
        CAST(date_part('hour', hour) AS BIGINT) AS hour,
        sum(calls) AS calls
    FROM hours
    GROUP BY 1, 2
), load AS (
    SELECT
        week.day,
        week.hour,
        days.days,
        1.0 * week.calls / days.days AS calls_per_hour,
        handle.handle_s
    FROM week
    JOIN days ON days.day = week.day
    CROSS JOIN handle
), needed AS (
    SELECT
        *,
        erlang_c_agents(calls_per_hour, 3600, handle_s, $target_s, $target_percent / 100.0) AS agents
    FROM load
)
SELECT
    needed.day,
    names.weekday,
    needed.hour,
    needed.days,
    needed.calls_per_hour,
    needed.handle_s AS mean_handle_s,
    needed.calls_per_hour * needed.handle_s / 3600.0 AS erlangs,
    needed.agents,
    ceil(needed.agents / nullif(1.0 - $shrinkage_percent / 100.0, 0)) AS agents_with_shrinkage,
    100.0 * erlang_c_level(calls_per_hour, 3600, handle_s, agents, $target_s) AS service_level_percent,
    erlang_c_wait(calls_per_hour, 3600, handle_s, agents) AS mean_wait_s,
    100.0 * erlang_c_occupancy(calls_per_hour, 3600, handle_s, agents) AS occupancy_percent
FROM needed
JOIN (VALUES (1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday'))
    AS names (day, weekday) ON names.day = needed.day
ORDER BY needed.day, needed.hour
