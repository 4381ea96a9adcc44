-- Whoever belonged to some queues, sites or departments within the time range.
SELECT DISTINCT CAST(extension AS VARCHAR) AS key
FROM members
WHERE $team = 'queue' AND valid_from < $until AND valid_to > $from
    AND ($keys IS NULL OR array_has($keys, CAST(queue AS VARCHAR)))
UNION
SELECT DISTINCT CAST(extension AS VARCHAR) AS key
FROM people
WHERE $team <> 'queue' AND valid_from < $until AND valid_to > $from
    AND CASE $team WHEN 'site' THEN site ELSE department END IS NOT NULL
    AND ($keys IS NULL OR array_has($keys, CASE $team WHEN 'site' THEN site ELSE department END))
