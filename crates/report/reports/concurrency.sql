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
-- Peaks are looked for only in those half minutes that may have them: calls at the beginning of one, and those that begin in it,
-- are more than there surely are at another moment of the period. Moments are in halves of milliseconds: who ends at one is gone before
-- the next begins at it. A call of no length is there for a moment.
WITH calls AS (
    SELECT
        -- What goes on at first began in the half minute before.
        CASE WHEN started < $from THEN 2 * epoch_ms($from) - 59999 ELSE 2 * epoch_ms(started) + 1 END AS begins,
        greatest(2 * epoch_ms(ended), 2 * epoch_ms(started) + 2) AS ends
    FROM interactions
    WHERE started < $to AND (ended > $from OR started >= $from) AND kind = 'voice'
        AND ($origin IS NULL OR origin = $origin)
), events AS (
    SELECT begins AS event FROM calls
    UNION ALL
    SELECT ends AS event FROM calls
), pieces AS (
    SELECT event - 1 - (event - 1) % 60000 AS piece, count(*) AS events, sum(event % 2) AS begun
    FROM events
    GROUP BY 1
), running AS (
    SELECT piece, begun, sum(2 * begun - events) OVER (ORDER BY piece) - (2 * begun - events) AS going_on
    FROM pieces
), dated AS (
    SELECT piece, begun, going_on, date_trunc($by, local(make_timestamptz(500 * piece), $tz)) AS period
    FROM running
    WHERE piece > 2 * epoch_ms($from) - 60000 AND piece < 2 * epoch_ms($to)
), busy AS (
    SELECT piece, going_on
    FROM dated
    QUALIFY going_on + begun > max(going_on) OVER (PARTITION BY period)
), counted AS (
    SELECT
        busy.piece,
        busy.going_on + sum(2 * (event % 2) - 1) OVER (PARTITION BY busy.piece ORDER BY event ROWS UNBOUNDED PRECEDING) AS calls
    FROM events
    JOIN busy ON busy.piece = event - 1 - (event - 1) % 60000
), peaks AS (
    SELECT piece, max(calls) AS calls
    FROM counted
    GROUP BY piece
)
SELECT
    dated.period,
    sum(dated.begun) AS calls,
    max(greatest(dated.going_on, coalesce(peaks.calls, 0))) AS peak_calls
FROM dated
LEFT JOIN peaks ON peaks.piece = dated.piece
GROUP BY 1
ORDER BY 1
