/*
title = "Queue summary"
question = "What became of those who came to each queue, and how long did they wait?"

[[parameters]]
name = "queue"
type = "queue"
help = "This queue alone"

[chart]
kind = "stacked"
x = "name"
y = ["answered", "abandoned", "voicemail", "callback", "overflow_out", "other"]
*/
WITH visits AS (
    SELECT
        queue,
        count(*) AS offered,
        count(*) FILTER (WHERE outcome = 'answered') AS answered,
        count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE outcome = 'voicemail') AS voicemail,
        count(*) FILTER (WHERE outcome = 'callback') AS callback,
        count(*) FILTER (WHERE outcome = 'overflow') AS overflow_out,
        count(*) FILTER (WHERE outcome = 'other') AS other,
        count(*) FILTER (WHERE overflow_in) AS overflow_in,
        sum(wait_ms) FILTER (WHERE outcome = 'answered') AS answer_wait_ms,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY wait_ms) FILTER (WHERE outcome = 'answered') AS median_wait_ms,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY wait_ms) FILTER (WHERE outcome = 'answered') AS p90_wait_ms,
        max(wait_ms) AS longest_wait_ms,
        sum(wait_ms) FILTER (WHERE outcome = 'abandoned') AS abandon_wait_ms,
        sum(offers) AS offers
    FROM queue_visits
    WHERE started >= $from AND started < $to
        AND ($queue IS NULL OR queue = $queue)
    GROUP BY queue
), names AS (
    SELECT extension, number, name
    FROM people
    WHERE valid_from < $to
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
)
SELECT
    names.name,
    names.number,
    visits.offered,
    visits.answered,
    visits.abandoned,
    visits.voicemail,
    visits.callback,
    visits.overflow_out,
    visits.other,
    visits.overflow_in,
    100.0 * visits.answered / nullif(visits.offered, 0) AS answer_rate_percent,
    100.0 * visits.abandoned / nullif(visits.offered, 0) AS abandoned_percent,
    1.0 * visits.answer_wait_ms / nullif(visits.answered, 0) AS mean_wait_ms,
    visits.median_wait_ms,
    visits.p90_wait_ms,
    visits.longest_wait_ms,
    1.0 * visits.abandon_wait_ms / nullif(visits.abandoned, 0) AS mean_abandon_wait_ms,
    1.0 * visits.offers / nullif(visits.offered, 0) AS offers_per_visit,
    visits.queue AS extension
FROM visits
LEFT JOIN names ON names.extension = visits.queue
ORDER BY visits.offered DESC, visits.queue
