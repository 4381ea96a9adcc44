/*
title = "Call cost"
question = "What did calls and faxes cost, as upstream bills them?"

[[parameters]]
name = "by"
type = "bucket"
default = "month"

[chart]
kind = "bar"
x = "period"
y = ["cost_purchased"]
series = "direction"
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        direction,
        origin,
        count(*) AS calls,
        sum(talk_ms) AS talk_ms,
        sum(duration_ms) AS duration_ms,
        sum(cost_included) AS cost_included,
        sum(cost_purchased) AS cost_purchased
    FROM interactions
    WHERE started >= $from AND started < $to
    GROUP BY 1, 2, 3
)
SELECT
    date_trunc($by, hour) AS period,
    direction,
    origin,
    sum(calls) AS calls,
    sum(talk_ms) AS talk_ms,
    sum(duration_ms) AS duration_ms,
    sum(cost_included) AS cost_included,
    sum(cost_purchased) AS cost_purchased
FROM hours
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
