-- What each person had of calls: those that they made, and those that they were offered, each call once.
, marked AS (
    SELECT
        session,
        extension,
        bool_or(leg_type = 'Pickup' OR action = 'Pickup') AS picked_up,
        bool_or(leg_type = 'TransferCall' OR action = 'Transfer') AS transferred,
        bool_or(leg_type IN ('CallPark', 'ParkLocation') OR action IN ('Call Park', 'Park Location')) AS parked
    FROM legs
    WHERE started >= $from AND started < $late
        AND (leg_type IN ('Pickup', 'TransferCall', 'CallPark', 'ParkLocation')
            OR action IN ('Pickup', 'Transfer', 'Call Park', 'Park Location'))
    GROUP BY session, extension
), odd AS (
    SELECT session, bool_or(picked_up) AS picked_up, bool_or(parked) AS parked
    FROM marked
    GROUP BY session
), offered AS (
    SELECT
        session,
        extension,
        first_value(outcome ORDER BY CASE outcome WHEN 'answered' THEN 0 ELSE 1 END, started DESC) AS outcome,
        max(CASE outcome WHEN 'answered' THEN started END) AS answered,
        count(queue) AS opportunities,
        sum(epoch_ms(ended) - epoch_ms(started)) AS spent_ms
    FROM offers
    WHERE started >= $from AND started < $late
    GROUP BY session, extension
), latest AS (
    SELECT session, max(answered) AS answered
    FROM offered
    GROUP BY session
), parts AS (
    SELECT
        offered.extension,
        chosen.session,
        chosen.started,
        chosen.piece_ms,
        'Inbound' AS direction,
        chosen.origin,
        CASE offered.outcome WHEN 'answered' THEN 'Answered' ELSE 'NotAnswered' END AS response,
        CASE
            WHEN offered.outcome = 'answered' AND offered.answered < latest.answered THEN 'Transferred'
            WHEN offered.outcome = 'answered' THEN 'Completed'
            WHEN offered.outcome = 'voicemail' THEN 'Voicemail'
            WHEN offered.outcome = 'machine' THEN 'Accepted'
            WHEN offered.outcome = 'hung_up' THEN 'Abandoned'
            WHEN offered.outcome IN ('declined', 'busy', 'missed', 'failed') THEN 'Missed'
            WHEN offered.outcome IN ('elsewhere', 'stopped') AND odd.picked_up AND NOT odd.parked THEN 'PickedUp'
            WHEN offered.outcome IN ('elsewhere', 'stopped') THEN 'AnsweredElsewhere'
            ELSE 'Unknown'
        END AS result,
        CASE
            WHEN own.picked_up AND odd.parked THEN 'ParkRetrieval'
            WHEN own.picked_up AND chosen.queue_visits > 0 THEN 'QueueCallPickup'
            WHEN own.transferred THEN 'Transferred'
            WHEN offered.opportunities > 0 THEN 'FromQueue'
            ELSE 'Direct'
        END AS type,
        chosen.company_hours,
        offered.opportunities,
        offered.spent_ms,
        chosen.caller_extension,
        chosen.answered_by
    FROM offered
    JOIN chosen ON chosen.session = offered.session
    JOIN latest ON latest.session = offered.session
    LEFT JOIN marked AS own ON own.session = offered.session AND own.extension = offered.extension
    LEFT JOIN odd ON odd.session = offered.session
    WHERE NOT (chosen.direction = 'outbound' AND coalesce(chosen.caller_extension = offered.extension, false))
    UNION ALL
    SELECT
        caller_extension AS extension,
        session,
        started,
        piece_ms,
        'Outbound' AS direction,
        origin,
        CASE WHEN answered THEN 'Connected' ELSE 'NotConnected' END AS response,
        result,
        'Outbound' AS type,
        company_hours,
        0 AS opportunities,
        duration_ms AS spent_ms,
        caller_extension,
        answered_by
    FROM chosen
    WHERE direction = 'outbound' AND caller_extension IS NOT NULL
)
