-- Calls of the time range that pass the filters of whole calls, with what of them is the same for every group.
WITH routed AS (
    SELECT DISTINCT session
    FROM queue_visits
    WHERE started >= $from AND started < $late AND array_has($queues, CAST(queue AS VARCHAR))
), begun AS (
    SELECT *, local(started, $tz) AS clock
    FROM interactions
    WHERE started >= $from AND started < $until AND kind = 'voice'
        AND ($call_least IS NULL OR duration_ms BETWEEN $call_least AND $call_most)
        AND ($called IS NULL OR (direction = 'inbound' AND array_has($called, company_number)))
), chosen AS (
    SELECT
        begun.session,
        begun.started,
        begun.direction,
        begun.duration_ms,
        begun.caller_extension,
        begun.answered_by,
        begun.company_number,
        begun.queue_visits,
        -- An hour by when it began, since a clock may show it twice; anything longer by what the clock showed.
        epoch_ms(date_trunc($interval, begun.clock))
            + CASE $interval WHEN 'hour' THEN epoch_ms(begun.started) - epoch_ms(begun.clock) ELSE 0 END AS piece_ms,
        CASE begun.origin WHEN 'external' THEN 'External' ELSE 'Internal' END AS origin,
        CASE begun.disposition WHEN 'answered' THEN true ELSE false END AS answered,
        CASE begun.disposition
            WHEN 'answered' THEN 'Completed'
            WHEN 'voicemail' THEN 'Voicemail'
            WHEN 'callback_requested' THEN 'Accepted'
            WHEN 'abandoned' THEN 'Abandoned'
            WHEN 'declined' THEN 'Missed'
            WHEN 'busy' THEN 'Missed'
            WHEN 'missed' THEN 'Missed'
            ELSE 'Unknown'
        END AS result,
        CASE is_open(NULL, begun.started) WHEN true THEN 'BusinessHours' WHEN false THEN 'AfterHours' END AS company_hours
    FROM begun
    LEFT JOIN routed ON routed.session = begun.session
    WHERE ($queues IS NULL OR routed.session IS NOT NULL)
        AND ($days IS NULL OR substr($days, CAST(date_part('dow', begun.clock) AS INT) + 1, 1) = '1')
        AND ($minutes IS NULL OR substr($minutes,
            CAST(date_part('hour', begun.clock) * 60 + date_part('minute', begun.clock) AS INT) + 1, 1) = '1')
)
