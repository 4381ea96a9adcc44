/*
title = "Agent scorecard"
question = "How did each person do with the calls that they were offered, and how many did they make?"

[[parameters]]
name = "queue"
type = "queue"
help = "What this queue offered; calls made are left out"

[[parameters]]
name = "department"
type = "text"
help = "People of this department"

[chart]
kind = "bar"
x = "name"
y = ["answered"]
*/
WITH offered AS (
    SELECT
        extension,
        count(*) AS offers,
        count(*) FILTER (WHERE outcome = 'answered') AS answered,
        count(*) FILTER (WHERE refused) AS refused,
        count(*) FILTER (WHERE outcome = 'elsewhere' OR outcome = 'stopped') AS taken_by_others,
        sum(ring_ms) FILTER (WHERE outcome = 'answered') AS ring_ms,
        sum(talk_ms) FILTER (WHERE outcome = 'answered') AS handle_ms
    FROM offers
    WHERE started >= $from AND started < $to
        AND ($queue IS NULL OR queue = $queue)
    GROUP BY extension
), made AS (
    SELECT
        caller_extension AS extension,
        count(*) AS outbound,
        count(*) FILTER (WHERE disposition = 'answered') AS connected,
        sum(talk_ms) AS outbound_talk_ms
    FROM interactions
    WHERE started >= $from AND started < $to
        AND kind = 'voice' AND direction = 'outbound' AND origin = 'external'
        AND caller_extension IS NOT NULL AND $queue IS NULL
    GROUP BY caller_extension
), names AS (
    SELECT extension, number, name, department
    FROM people
    WHERE valid_from < $to
    QUALIFY row_number() OVER (PARTITION BY extension ORDER BY valid_from DESC) = 1
), agents AS (
    SELECT coalesce(offered.extension, made.extension) AS agent, *
    FROM offered
    FULL JOIN made ON made.extension = offered.extension
)
SELECT
    names.name,
    names.number,
    names.department,
    coalesce(agents.offers, 0) AS offers,
    coalesce(agents.answered, 0) AS answered,
    coalesce(agents.refused, 0) AS refused,
    coalesce(agents.taken_by_others, 0) AS taken_by_others,
    100.0 * agents.answered / nullif(agents.answered + agents.refused, 0) AS pickup_percent,
    1.0 * agents.ring_ms / nullif(agents.answered, 0) AS mean_ring_ms,
    1.0 * agents.handle_ms / nullif(agents.answered, 0) AS mean_handle_ms,
    coalesce(agents.handle_ms, 0) AS handle_ms,
    coalesce(agents.outbound, 0) AS outbound,
    100.0 * agents.connected / nullif(agents.outbound, 0) AS connect_rate_percent,
    coalesce(agents.outbound_talk_ms, 0) AS outbound_talk_ms,
    agents.agent AS extension
FROM agents
LEFT JOIN names ON names.extension = agents.agent
WHERE $department IS NULL OR names.department = $department
ORDER BY answered DESC, offers DESC, extension
