/*
title = "Transfers"
question = "Whose calls go on to somebody else?"

[chart]
kind = "bar"
x = "name"
y = ["transferred"]
*/
WITH answered AS (
    SELECT
        answered_by AS extension,
        count(*) AS answered,
        count(*) FILTER (WHERE transfers > 0) AS transferred,
        sum(transfers) AS transfers,
        count(*) FILTER (WHERE hops > 0) AS with_hops,
        sum(hops) AS hops,
        sum(talk_ms) AS talk_ms
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'inbound' AND disposition = 'answered' AND answered_by IS NOT NULL
    GROUP BY answered_by
), names AS (
    SELECT extension, number, name, department
    FROM people
    WHERE valid_from < $to
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
)
SELECT
    names.name,
    names.number,
    names.department,
    answered.answered,
    answered.transferred,
    answered.transfers,
    answered.with_hops,
    answered.hops,
    100.0 * answered.transferred / nullif(answered.answered, 0) AS transferred_percent,
    100.0 * answered.with_hops / nullif(answered.answered, 0) AS with_hops_percent,
    1.0 * answered.talk_ms / nullif(answered.answered, 0) AS mean_talk_ms,
    answered.extension
FROM answered
LEFT JOIN names ON names.extension = answered.extension
ORDER BY answered.transferred DESC, answered.answered DESC, answered.extension
