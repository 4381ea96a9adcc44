-- All calls as one group. Calls within the company have no direction.
, names AS (
    SELECT $account AS key, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS number
), calls AS (
    SELECT
        $account AS key,
        piece_ms,
        CASE WHEN origin = 'Internal' THEN '' WHEN direction = 'inbound' THEN 'Inbound' ELSE 'Outbound' END AS direction,
        origin,
        CASE WHEN origin = 'External' AND direction = 'outbound'
            THEN CASE WHEN answered THEN 'Connected' ELSE 'NotConnected' END
            ELSE CASE WHEN answered THEN 'Answered' ELSE 'NotAnswered' END
        END AS response,
        result,
        CAST(NULL AS VARCHAR) AS type,
        CAST(NULL AS VARCHAR) AS sla,
        company_hours,
        CAST(NULL AS VARCHAR) AS queue_hours,
        0 AS opportunities,
        duration_ms AS spent_ms,
        caller_extension,
        answered_by
    FROM chosen
)
