/*
title = "Repeat callers"
question = "Who calls again within days?"

[[parameters]]
name = "days"
type = "integer"
least = 0
most = 36500
default = 7
help = "A call so many days after the one before, or sooner, is a repeat"

[[parameters]]
name = "limit"
type = "integer"
least = 1
default = 1000
help = "How many callers at most"

[chart]
kind = "bar"
x = "customer_number"
y = ["repeats"]
*/
WITH calls AS (
    SELECT
        customer_number,
        customer_name,
        started,
        disposition,
        lag(started) OVER (PARTITION BY customer_number ORDER BY started) AS before
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND customer_number IS NOT NULL
)
SELECT
    customer_number,
    max(customer_name) AS customer_name,
    count(*) AS calls,
    count(*) FILTER (WHERE epoch_ms(started) - epoch_ms(before) <= 86400000 * $days) AS repeats,
    count(*) FILTER (WHERE disposition = 'answered') AS answered,
    min(epoch_ms(started) - epoch_ms(before)) AS shortest_gap_ms,
    min(started) AS first_call,
    max(started) AS last_call
FROM calls
GROUP BY customer_number
HAVING count(*) FILTER (WHERE epoch_ms(started) - epoch_ms(before) <= 86400000 * $days) > 0
ORDER BY repeats DESC, calls DESC, customer_number
LIMIT $limit
