/*
title = "After hours"
question = "How many calls from outside come when nobody is there, and what becomes of them?"

[[parameters]]
name = "by"
type = "bucket"
default = "week"

[chart]
kind = "stacked"
x = "period"
y = ["open_inbound", "after_hours_inbound", "unknown_inbound"]
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) FILTER (WHERE NOT after_hours) AS open_inbound,
        count(*) FILTER (WHERE NOT after_hours AND disposition = 'answered') AS open_answered,
        count(*) FILTER (WHERE after_hours) AS after_hours_inbound,
        count(*) FILTER (WHERE after_hours AND disposition = 'answered') AS after_hours_answered,
        count(*) FILTER (WHERE after_hours AND disposition = 'voicemail') AS after_hours_voicemail,
        count(*) FILTER (WHERE after_hours AND disposition = 'abandoned') AS after_hours_abandoned,
        count(*) FILTER (WHERE after_hours IS NULL) AS unknown_inbound
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND origin = 'external'
    GROUP BY 1
), periods AS (
    SELECT
        period,
        coalesce(sum(open_inbound), 0) AS open_inbound,
        coalesce(sum(open_answered), 0) AS open_answered,
        coalesce(sum(after_hours_inbound), 0) AS after_hours_inbound,
        coalesce(sum(after_hours_answered), 0) AS after_hours_answered,
        coalesce(sum(after_hours_voicemail), 0) AS after_hours_voicemail,
        coalesce(sum(after_hours_abandoned), 0) AS after_hours_abandoned,
        coalesce(sum(unknown_inbound), 0) AS unknown_inbound
    FROM (SELECT date_trunc($by, hour) AS period, * FROM hours) AS dated
    GROUP BY ROLLUP (period)
)
SELECT
    period,
    open_inbound,
    100.0 * open_answered / nullif(open_inbound, 0) AS open_answer_rate_percent,
    after_hours_inbound,
    100.0 * after_hours_inbound / nullif(open_inbound + after_hours_inbound, 0) AS after_hours_percent,
    100.0 * after_hours_answered / nullif(after_hours_inbound, 0) AS after_hours_answer_rate_percent,
    after_hours_voicemail,
    after_hours_abandoned,
    unknown_inbound
FROM periods
ORDER BY period NULLS LAST
