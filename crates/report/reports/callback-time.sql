/*
title = "Callback time"
question = "How long does it take until those who called in vain are spoken to?"

[[parameters]]
name = "per"
type = "choice"
choices = ["queue", "number"]
default = "queue"
help = "A line for each queue that they came to, or for each number that they called"

[[parameters]]
name = "queue"
type = "queue"
help = "Calls that came to this queue first"

[[parameters]]
name = "target_s"
type = "integer"
least = 0
default = 3600
help = "In time is up to so many seconds"

[chart]
kind = "bar"
x = "name"
y = ["in_time_percent"]
*/
WITH events AS (
    SELECT customer_number, started, direction, first_queue, company_number, session, disposition = 'answered' AS contact
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND customer_number IS NOT NULL
        AND (disposition = 'answered' OR (direction = 'inbound' AND disposition NOT IN ('failed', 'blocked')))
), followed AS (
    SELECT
        events.*,
        lead(contact) OVER after AS by_contact,
        lead(started) OVER after AS reached,
        lead(direction) OVER after AS reached_direction
    FROM events
    WINDOW after AS (PARTITION BY customer_number ORDER BY started, contact, session)
), missed AS (
    -- Of several tries the last one counts.
    SELECT
        CASE WHEN $per = 'queue' THEN first_queue END AS queue,
        CASE WHEN $per = 'number' THEN company_number END AS number,
        reached_direction,
        epoch_ms(reached) - epoch_ms(started) AS callback_ms
    FROM followed
    WHERE NOT contact AND coalesce(by_contact, true)
        AND ($queue IS NULL OR first_queue = $queue)
), summed AS (
    SELECT
        queue,
        number,
        count(*) AS missed,
        count(*) FILTER (WHERE reached_direction = 'outbound') AS called_back,
        count(*) FILTER (WHERE reached_direction = 'inbound') AS called_again,
        count(*) FILTER (WHERE callback_ms IS NULL) AS not_reached,
        count(*) FILTER (WHERE callback_ms <= 1000 * $target_s) AS in_time,
        sum(callback_ms) AS callback_ms,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY callback_ms) AS median_callback_ms,
        max(callback_ms) AS longest_callback_ms
    FROM missed
    GROUP BY queue, number
), names AS (
    SELECT extension, name
    FROM people
    WHERE valid_from < $to
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
)
SELECT
    coalesce(summed.number, names.name, CASE WHEN $per = 'queue' AND summed.queue IS NULL THEN 'no queue' END) AS name,
    summed.missed,
    summed.called_back,
    summed.called_again,
    summed.not_reached,
    100.0 * (summed.missed - summed.not_reached) / nullif(summed.missed, 0) AS reached_percent,
    100.0 * summed.in_time / nullif(summed.missed, 0) AS in_time_percent,
    1.0 * summed.callback_ms / nullif(summed.missed - summed.not_reached, 0) AS mean_callback_ms,
    summed.median_callback_ms,
    summed.longest_callback_ms,
    summed.queue AS extension
FROM summed
LEFT JOIN names ON names.extension = summed.queue
ORDER BY summed.missed DESC, summed.queue, summed.number
