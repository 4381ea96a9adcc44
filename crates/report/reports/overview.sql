/*
title = "Overview"
question = "How many calls were there, and what became of them?"

[[parameters]]
name = "by"
type = "bucket"
default = "day"

[[parameters]]
name = "short_abandon_s"
type = "integer"
least = 0
default = 5
help = "Who hangs up sooner could not have been reached by anybody"

[chart]
kind = "stacked"
x = "period"
y = ["answered", "voicemail", "abandoned", "missed", "other"]
*/
WITH hours AS (
    SELECT
        date_trunc('hour', local(started, $tz)) AS hour,
        count(*) AS calls,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external') AS inbound,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'answered') AS answered,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'voicemail') AS voicemail,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'missed') AS missed,
        count(*) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND (disposition = 'blocked'
            OR (disposition = 'abandoned' AND wait_ms < 1000 * $short_abandon_s))) AS unreachable,
        sum(wait_ms) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'answered') AS wait_ms,
        count(wait_ms) FILTER (WHERE direction = 'inbound' AND origin = 'external' AND disposition = 'answered') AS waits,
        count(*) FILTER (WHERE direction = 'outbound' AND origin = 'external') AS outbound,
        count(*) FILTER (WHERE direction = 'outbound' AND origin = 'external' AND disposition = 'answered') AS connected,
        count(*) FILTER (WHERE origin = 'internal') AS internal,
        sum(talk_ms) AS talk_ms
    FROM interactions
    WHERE started >= $from AND started < $to AND kind = 'voice'
    GROUP BY 1
), periods AS (
    SELECT
        period,
        coalesce(sum(calls), 0) AS calls,
        coalesce(sum(inbound), 0) AS inbound,
        coalesce(sum(answered), 0) AS answered,
        coalesce(sum(voicemail), 0) AS voicemail,
        coalesce(sum(abandoned), 0) AS abandoned,
        coalesce(sum(missed), 0) AS missed,
        coalesce(sum(unreachable), 0) AS unreachable,
        sum(wait_ms) AS wait_ms,
        coalesce(sum(waits), 0) AS waits,
        coalesce(sum(outbound), 0) AS outbound,
        coalesce(sum(connected), 0) AS connected,
        coalesce(sum(internal), 0) AS internal,
        sum(talk_ms) AS talk_ms
    FROM (SELECT date_trunc($by, hour) AS period, * FROM hours) AS dated
    GROUP BY ROLLUP (period)
)
SELECT
    period,
    calls,
    inbound,
    answered,
    voicemail,
    abandoned,
    missed,
    inbound - answered - voicemail - abandoned - missed AS other,
    100.0 * answered / nullif(inbound, 0) AS answer_rate_percent,
    100.0 * answered / nullif(inbound - unreachable, 0) AS human_reach_percent,
    1.0 * wait_ms / nullif(waits, 0) AS mean_wait_ms,
    outbound,
    100.0 * connected / nullif(outbound, 0) AS connect_rate_percent,
    internal,
    talk_ms
FROM periods
ORDER BY period NULLS LAST
