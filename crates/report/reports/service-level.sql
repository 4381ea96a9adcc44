/*
title = "Service level"
question = "How many of those who came to a queue were answered in time?"

[[parameters]]
name = "by"
type = "bucket"
default = "month"

[[parameters]]
name = "queue"
type = "queue"
help = "This queue alone"

[[parameters]]
name = "threshold_s"
type = "integer"
least = 0
help = "In time is up to so many seconds; without it, as each queue promises, else 20"

[[parameters]]
name = "abandoned_threshold_s"
type = "integer"
least = 0
help = "Who hangs up sooner does not count; without it, as each queue is set, else 5"

[[parameters]]
name = "include_abandoned"
type = "flag"
help = "Whether those who hang up count against it; without it, as each queue is set, else they do"

[chart]
kind = "line"
x = "period"
y = ["service_level_percent"]
series = "name"
*/
WITH visits AS (
    SELECT
        date_trunc('hour', local(queue_visits.started, $tz)) AS hour,
        queue_visits.queue,
        queue_visits.outcome,
        queue_visits.wait_ms,
        queues.sla_goal_percent AS goal_percent,
        coalesce($threshold_s, queues.sla_threshold_s, 20) AS threshold_s,
        coalesce($abandoned_threshold_s, queues.sla_abandoned_threshold_s, 5) AS abandoned_threshold_s,
        coalesce($include_abandoned, queues.sla_include_abandoned, true) AS include_abandoned
    FROM queue_visits
    LEFT JOIN queues ON queues.extension = queue_visits.queue
        AND queues.valid_from <= queue_visits.started AND queue_visits.started < queues.valid_to
    WHERE queue_visits.started >= $from AND queue_visits.started < $to
        AND ($queue IS NULL OR queue_visits.queue = $queue)
), hours AS (
    SELECT
        hour,
        queue,
        threshold_s,
        abandoned_threshold_s,
        include_abandoned,
        goal_percent,
        count(*) AS offered,
        count(*) FILTER (WHERE outcome = 'answered') AS answered,
        count(*) FILTER (WHERE outcome = 'answered' AND wait_ms <= 1000 * threshold_s) AS in_time,
        count(*) FILTER (WHERE outcome = 'voicemail') AS voicemail,
        count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned,
        count(*) FILTER (WHERE outcome = 'abandoned' AND include_abandoned
            AND wait_ms >= 1000 * abandoned_threshold_s) AS abandoned_counted
    FROM visits
    GROUP BY 1, 2, 3, 4, 5, 6
), periods AS (
    SELECT
        date_trunc($by, hour) AS period,
        queue,
        threshold_s,
        abandoned_threshold_s,
        include_abandoned,
        goal_percent,
        sum(offered) AS offered,
        sum(answered) AS answered,
        sum(in_time) AS in_time,
        sum(voicemail) AS voicemail,
        sum(abandoned) AS abandoned,
        sum(abandoned_counted) AS abandoned_counted
    FROM hours
    GROUP BY 1, 2, 3, 4, 5, 6
), names AS (
    SELECT extension, name
    FROM people
    WHERE valid_from < $to
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
)
SELECT
    periods.period,
    names.name,
    periods.offered,
    periods.answered,
    periods.in_time,
    periods.voicemail,
    periods.abandoned,
    periods.abandoned_counted,
    100.0 * periods.in_time
        / nullif(periods.answered + periods.voicemail + periods.abandoned_counted, 0) AS service_level_percent,
    periods.goal_percent,
    periods.threshold_s,
    periods.abandoned_threshold_s,
    periods.include_abandoned,
    periods.queue AS extension
FROM periods
LEFT JOIN names ON names.extension = periods.queue
ORDER BY periods.period, periods.queue, periods.threshold_s, periods.abandoned_threshold_s,
    periods.include_abandoned, periods.goal_percent NULLS LAST
