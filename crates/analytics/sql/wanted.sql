, wanted AS (
    SELECT *
    FROM calls
    WHERE ($keys IS NULL OR array_has($keys, key))
        AND ($spent_least IS NULL OR spent_ms BETWEEN $spent_least AND $spent_most)
        AND (($from_ids IS NULL AND $to_ids IS NULL)
            OR (direction = 'Inbound' AND array_has($from_ids, CAST(caller_extension AS VARCHAR)))
            OR (direction = 'Outbound' AND array_has($to_ids, CAST(answered_by AS VARCHAR))))
)
