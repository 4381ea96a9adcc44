/*
title = "Concurrency"
question = "How many calls were there at the same time, at most?"

[[parameters]]
name = "by"
type = "bucket"
default = "day"

[[parameters]]
name = "origin"
type = "choice"
choices = ["external", "internal"]
help = "Calls with somebody outside, or among colleagues; without it, all"

[chart]
kind = "line"
x = "period"
y = ["peak_calls"]
*/
WITH calls AS (
    SELECT started, ended
    FROM interactions
    WHERE started < $to AND ended > $from AND kind = 'voice'
        AND ($origin IS NULL OR origin = $origin)
), events AS (
    SELECT date_trunc('hour', local(started, 'UTC')) AS piece, started AS moment, 1 AS change FROM calls
    UNION ALL
    -- One that ends when another begins is not there at the same time: -1 sorts first.
    SELECT date_trunc('hour', local(ended, 'UTC')) AS piece, ended AS moment, -1 AS change FROM calls
), running AS (
    -- Hour by hour, so that little is sorted at a time.
    SELECT
        piece,
        moment,
        change,
        sum(change) OVER (PARTITION BY piece ORDER BY moment, change ROWS UNBOUNDED PRECEDING) AS calls
    FROM events
), hours AS (
    SELECT
        piece,
        date_trunc('hour', local(moment, $tz)) AS hour,
        count(*) AS begun,
        max(calls) AS peak_calls
    FROM running
    WHERE change = 1 AND moment >= $from
    GROUP BY 1, 2
), changes AS (
    SELECT piece, sum(change) AS change
    FROM events
    GROUP BY 1
), going_on AS (
    SELECT piece, sum(change) OVER (ORDER BY piece) - change AS calls
    FROM changes
)
SELECT
    date_trunc($by, hours.hour) AS period,
    sum(hours.begun) AS calls,
    max(going_on.calls + hours.peak_calls) AS peak_calls
FROM hours
JOIN going_on ON going_on.piece = hours.piece
GROUP BY 1
ORDER BY 1
