/*
title = "Team comparison"
question = "How do departments or sites compare, each person counted where they were at the day's first call?"

[[parameters]]
name = "team"
type = "choice"
choices = ["department", "site"]
default = "department"

[chart]
kind = "bar"
x = "team"
y = ["pickup_percent"]
*/
WITH days AS (
    -- Few rows, so that asking the dated directory costs little.
    SELECT
        extension,
        min(started) AS started,
        count(*) AS offers,
        count(*) FILTER (WHERE outcome = 'answered') AS answered,
        count(*) FILTER (WHERE refused) AS refused,
        sum(ring_ms) FILTER (WHERE outcome = 'answered') AS ring_ms,
        sum(talk_ms) FILTER (WHERE outcome = 'answered') AS handle_ms
    FROM offers
    WHERE started >= $from AND started < $to
    GROUP BY extension, date_trunc('day', local(started, $tz))
), teams AS (
    SELECT
        coalesce(CASE WHEN $team = 'site' THEN people.site_name ELSE people.department END, 'none') AS team,
        count(DISTINCT days.extension) AS people,
        sum(days.offers) AS offers,
        sum(days.answered) AS answered,
        sum(days.refused) AS refused,
        sum(days.ring_ms) AS ring_ms,
        sum(days.handle_ms) AS handle_ms
    FROM days
    LEFT JOIN people ON people.extension = days.extension
        AND people.valid_from <= days.started AND days.started < people.valid_to
    GROUP BY 1
)
SELECT
    team,
    people,
    offers,
    answered,
    refused,
    100.0 * answered / nullif(answered + refused, 0) AS pickup_percent,
    1.0 * ring_ms / nullif(answered, 0) AS mean_ring_ms,
    1.0 * handle_ms / nullif(answered, 0) AS mean_handle_ms,
    1.0 * answered / nullif(people, 0) AS answered_per_person,
    handle_ms
FROM teams
ORDER BY answered DESC, team
