/*
title = "Answer rate"
question = "How many of the calls from outside did a person answer?"

[[parameters]]
name = "by"
type = "bucket"
default = "day"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "number"
type = "phone"
help = "Calls to this number of the company"

[[parameters]]
name = "short_abandon_s"
type = "integer"
least = 0
default = 5
help = "Who hangs up sooner could not have been reached by anybody"

[chart]
kind = "line"
x = "period"
y = ["answer_rate_percent", "human_reach_percent"]
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS inbound,
        count(*) FILTER (WHERE disposition = 'answered') AS answered,
        count(*) FILTER (WHERE disposition = 'missed') AS missed,
        count(*) FILTER (WHERE disposition = 'voicemail') AS voicemail,
        count(*) FILTER (WHERE disposition = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE disposition = 'blocked'
            OR (disposition = 'abandoned' AND wait_ms < 1000 * $short_abandon_s)) AS unreachable
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND origin = 'external'
        AND ($queue IS NULL OR first_queue = $queue)
        AND ($number IS NULL OR company_number = $number)
    GROUP BY 1
), periods AS (
    SELECT
        period,
        coalesce(sum(inbound), 0) AS inbound,
        coalesce(sum(answered), 0) AS answered,
        coalesce(sum(missed), 0) AS missed,
        coalesce(sum(voicemail), 0) AS voicemail,
        coalesce(sum(abandoned), 0) AS abandoned,
        coalesce(sum(unreachable), 0) AS unreachable
    FROM (SELECT date_trunc($by, hour) AS period, * FROM hours) AS dated
    GROUP BY ROLLUP (period)
)
SELECT
    period,
    inbound,
    answered,
    missed,
    voicemail,
    abandoned,
    100.0 * answered / nullif(inbound, 0) AS answer_rate_percent,
    100.0 * answered / nullif(inbound - unreachable, 0) AS human_reach_percent,
    100.0 * missed / nullif(inbound, 0) AS missed_percent,
    100.0 * voicemail / nullif(inbound, 0) AS voicemail_percent,
    100.0 * abandoned / nullif(inbound, 0) AS abandoned_percent
FROM periods
ORDER BY period NULLS LAST
