/*
title = "Period comparison"
question = "What has changed since the period of the same length before?"

[chart]
kind = "bar"
x = "metric"
y = ["change_percent"]
*/
WITH periods AS (
    SELECT
        started >= $from AS now,
        count(*) AS calls,
        count(*) FILTER (WHERE direction = 'inbound') AS inbound,
        count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'answered') AS answered,
        count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'missed') AS missed,
        count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'voicemail') AS voicemail,
        count(*) FILTER (WHERE direction = 'inbound' AND disposition = 'abandoned') AS abandoned,
        sum(wait_ms) FILTER (WHERE direction = 'inbound' AND disposition = 'answered') AS wait_ms,
        count(wait_ms) FILTER (WHERE direction = 'inbound' AND disposition = 'answered') AS waits,
        count(*) FILTER (WHERE direction = 'outbound') AS outbound,
        count(*) FILTER (WHERE direction = 'outbound' AND disposition = 'answered') AS connected,
        sum(talk_ms) AS talk_ms
    FROM interactions
    WHERE started >= $before AND started < $to
        AND kind = 'voice' AND origin = 'external'
    GROUP BY 1
), metrics AS (
    SELECT
        names.place,
        names.metric,
        periods.now,
        CASE names.metric
            WHEN 'calls' THEN CAST(calls AS DOUBLE)
            WHEN 'inbound' THEN CAST(inbound AS DOUBLE)
            WHEN 'answered' THEN CAST(answered AS DOUBLE)
            WHEN 'answer_rate_percent' THEN 100.0 * answered / nullif(inbound, 0)
            WHEN 'missed' THEN CAST(missed AS DOUBLE)
            WHEN 'voicemail' THEN CAST(voicemail AS DOUBLE)
            WHEN 'abandoned' THEN CAST(abandoned AS DOUBLE)
            WHEN 'mean_wait_ms' THEN 1.0 * wait_ms / nullif(waits, 0)
            WHEN 'outbound' THEN CAST(outbound AS DOUBLE)
            WHEN 'connect_rate_percent' THEN 100.0 * connected / nullif(outbound, 0)
            WHEN 'talk_ms' THEN CAST(talk_ms AS DOUBLE)
        END AS value
    FROM periods
    CROSS JOIN (VALUES (1, 'calls'), (2, 'inbound'), (3, 'answered'), (4, 'answer_rate_percent'), (5, 'missed'),
        (6, 'voicemail'), (7, 'abandoned'), (8, 'mean_wait_ms'), (9, 'outbound'), (10, 'connect_rate_percent'),
        (11, 'talk_ms')) AS names (place, metric)
), compared AS (
    SELECT
        place,
        metric,
        max(CASE WHEN now THEN value END) AS value,
        max(CASE WHEN NOT now THEN value END) AS value_before
    FROM metrics
    GROUP BY place, metric
)
SELECT
    metric,
    value,
    value_before,
    value - value_before AS change,
    100.0 * (value - value_before) / nullif(value_before, 0) AS change_percent
FROM compared
ORDER BY place
