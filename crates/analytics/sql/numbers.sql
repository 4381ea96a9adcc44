-- Calls from and to each of the company's numbers: those to it are inbound, those that showed it outbound.
, names AS (
    SELECT CAST(NULL AS VARCHAR) AS key, CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS number
), calls AS (
    SELECT
        company_number AS key,
        piece_ms,
        CASE direction WHEN 'inbound' THEN 'Inbound' ELSE 'Outbound' END AS direction,
        origin,
        CASE direction
            WHEN 'inbound' THEN CASE WHEN answered THEN 'Answered' ELSE 'NotAnswered' END
            ELSE CASE WHEN answered THEN 'Connected' ELSE 'NotConnected' END
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
    WHERE company_number IS NOT NULL
)
