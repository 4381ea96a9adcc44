/*
title = "First-contact resolution"
question = "How many calls settled the matter: answered, by one person, and nobody called again within days?"

[[parameters]]
name = "by"
type = "bucket"
default = "week"

[[parameters]]
name = "days"
type = "integer"
least = 0
most = 36500
default = 7
help = "Whoever calls again within so many days had to"

[chart]
kind = "line"
x = "period"
y = ["first_contact_percent"]
*/
WITH calls AS (
    SELECT
        started,
        disposition,
        hops,
        lead(started) OVER (PARTITION BY customer_number ORDER BY started) AS again
    FROM interactions
    -- Calls of the days behind the period say whether those in it settled anything.
    WHERE started >= $from AND started < $to + CAST(CAST($days AS VARCHAR) || ' days' AS INTERVAL)
        AND kind = 'voice' AND direction = 'inbound' AND customer_number IS NOT NULL
), hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS inbound,
        count(*) FILTER (WHERE disposition = 'answered') AS answered,
        count(*) FILTER (WHERE disposition = 'answered' AND hops > 0) AS with_hops,
        count(*) FILTER (WHERE disposition = 'answered' AND hops = 0
            AND epoch_ms(again) - epoch_ms(started) <= 86400000 * $days) AS called_again
    FROM calls
    WHERE started < $to AND hops IS NOT NULL
    GROUP BY 1
), periods AS (
    SELECT
        period,
        coalesce(sum(inbound), 0) AS inbound,
        coalesce(sum(answered), 0) AS answered,
        coalesce(sum(with_hops), 0) AS with_hops,
        coalesce(sum(called_again), 0) AS called_again
    FROM (SELECT date_trunc($by, hour) AS period, * FROM hours) AS dated
    GROUP BY ROLLUP (period)
)
SELECT
    period,
    inbound,
    answered,
    with_hops,
    called_again,
    answered - with_hops - called_again AS first_contact,
    100.0 * (answered - with_hops - called_again) / nullif(answered, 0) AS first_contact_percent
FROM periods
ORDER BY period NULLS LAST
