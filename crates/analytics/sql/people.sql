, names AS (
    SELECT CAST(extension AS VARCHAR) AS key, name, number
    FROM people
    WHERE valid_from < $until
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
)
