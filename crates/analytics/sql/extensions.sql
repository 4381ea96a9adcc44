-- Calls that came to menus or shared lines, each call once.
, calls AS (
    SELECT
        CAST(legs.extension AS VARCHAR) AS key,
        min(chosen.piece_ms) AS piece_ms,
        'Inbound' AS direction,
        min(chosen.origin) AS origin,
        CAST(NULL AS VARCHAR) AS response,
        CAST(NULL AS VARCHAR) AS result,
        CAST(NULL AS VARCHAR) AS type,
        CAST(NULL AS VARCHAR) AS sla,
        min(chosen.company_hours) AS company_hours,
        CAST(NULL AS VARCHAR) AS queue_hours,
        0 AS opportunities,
        max(epoch_ms(legs.started) + legs.duration_ms) - min(epoch_ms(legs.started)) AS spent_ms,
        min(chosen.caller_extension) AS caller_extension,
        min(chosen.answered_by) AS answered_by
    FROM legs
    JOIN people ON people.extension = legs.extension AND people.kind = $kind
        AND people.valid_from <= legs.started AND legs.started < people.valid_to
    JOIN chosen ON chosen.session = legs.session
    WHERE legs.started >= $from AND legs.started < $late
    GROUP BY legs.extension, legs.session
)
