-- Visits to queues: a call that comes to a queue twice counts twice.
, talked AS (
    SELECT session, visit, max(ended) AS ended
    FROM offers
    WHERE started >= $from AND started < $late AND visit IS NOT NULL AND outcome = 'answered'
    GROUP BY session, visit
), visits AS (
    SELECT
        queue_visits.*,
        coalesce(queues.sla_threshold_s, 20) AS threshold_s,
        coalesce(queues.sla_abandoned_threshold_s, 5) AS abandoned_threshold_s,
        coalesce(queues.sla_include_abandoned, true) AS include_abandoned
    FROM queue_visits
    LEFT JOIN queues ON queues.extension = queue_visits.queue
        AND queues.valid_from <= queue_visits.started AND queue_visits.started < queues.valid_to
    WHERE queue_visits.started >= $from AND queue_visits.started < $late
), calls AS (
    SELECT
        CAST(visits.queue AS VARCHAR) AS key,
        chosen.piece_ms,
        'Inbound' AS direction,
        chosen.origin,
        CASE visits.outcome WHEN 'answered' THEN 'Answered' ELSE 'NotAnswered' END AS response,
        CASE visits.outcome
            WHEN 'answered' THEN 'Completed'
            WHEN 'abandoned' THEN 'Abandoned'
            WHEN 'voicemail' THEN 'Voicemail'
            WHEN 'callback' THEN 'Accepted'
            WHEN 'overflow' THEN 'Forwarded'
            ELSE 'Unknown'
        END AS result,
        CASE
            WHEN visits.overflow_in THEN 'Overflow'
            WHEN visits.visit > 0 THEN 'Transferred'
            ELSE 'Direct'
        END AS type,
        CASE
            WHEN visits.outcome = 'answered' AND visits.wait_ms <= 1000 * visits.threshold_s THEN 'InSla'
            WHEN visits.outcome IN ('answered', 'voicemail') THEN 'OutSla'
            WHEN visits.outcome = 'abandoned' AND visits.include_abandoned
                AND visits.wait_ms >= 1000 * visits.abandoned_threshold_s THEN 'OutSla'
            ELSE ''
        END AS sla,
        chosen.company_hours,
        CASE is_open(visits.queue, visits.started)
            WHEN true THEN 'BusinessHours' WHEN false THEN 'AfterHours'
        END AS queue_hours,
        0 AS opportunities,
        greatest(visits.wait_ms, coalesce(epoch_ms(talked.ended) - epoch_ms(visits.started), 0)) AS spent_ms,
        chosen.caller_extension,
        chosen.answered_by
    FROM visits
    JOIN chosen ON chosen.session = visits.session
    LEFT JOIN talked ON talked.session = visits.session AND talked.visit = visits.visit
)
