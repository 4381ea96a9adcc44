-- What the people of a site or department had of calls together, each call once: who made it counts before who was
-- offered it.
, names AS (
    SELECT site AS key, max(site_name) AS name, CAST(NULL AS VARCHAR) AS number
    FROM people
    WHERE $team = 'site' AND site IS NOT NULL
    GROUP BY site
), calls AS (
    SELECT
        CASE $team WHEN 'site' THEN people.site ELSE people.department END AS key,
        min(parts.piece_ms) AS piece_ms,
        max(parts.direction) AS direction,
        min(parts.origin) AS origin,
        CASE max(parts.direction)
            WHEN 'Outbound' THEN max(CASE parts.direction WHEN 'Outbound' THEN parts.response END)
            ELSE min(parts.response)
        END AS response,
        CAST(NULL AS VARCHAR) AS result,
        CAST(NULL AS VARCHAR) AS type,
        CAST(NULL AS VARCHAR) AS sla,
        min(parts.company_hours) AS company_hours,
        CAST(NULL AS VARCHAR) AS queue_hours,
        0 AS opportunities,
        sum(parts.spent_ms) AS spent_ms,
        min(parts.caller_extension) AS caller_extension,
        min(parts.answered_by) AS answered_by
    FROM parts
    JOIN people ON people.extension = parts.extension
        AND people.valid_from <= parts.started AND parts.started < people.valid_to
    WHERE CASE $team WHEN 'site' THEN people.site ELSE people.department END IS NOT NULL
    GROUP BY 1, parts.session
)
