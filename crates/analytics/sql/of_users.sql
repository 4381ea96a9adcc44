, calls AS (
    SELECT
        CAST(extension AS VARCHAR) AS key,
        piece_ms,
        direction,
        origin,
        response,
        result,
        type,
        CAST(NULL AS VARCHAR) AS sla,
        company_hours,
        CAST(NULL AS VARCHAR) AS queue_hours,
        opportunities,
        spent_ms,
        caller_extension,
        answered_by
    FROM parts
)
