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
    SELECT started AS moment, 1 AS change FROM calls
    UNION ALL
    -- One that ends when another begins is not there at the same time: -1 sorts first.
    SELECT ended AS moment, -1 AS change FROM calls
), running AS (
    SELECT
        moment,
        change,
        sum(change) OVER (ORDER BY moment, change ROWS UNBOUNDED PRECEDING) AS calls
    FROM events
), hours AS (
    SELECT
        date_trunc('hour', local(moment, $tz)) AS hour,
        count(*) AS begun,
        max(calls) AS peak_calls
    FROM running
    WHERE change = 1 AND moment >= $from
    GROUP BY 1
)
SELECT
    date_trunc($by, hour) AS period,
    sum(begun) AS calls,
    max(peak_calls) AS peak_calls
FROM hours
GROUP BY 1
ORDER BY 1
