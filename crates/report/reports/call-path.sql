/*
title = "Call path"
question = "Which way did one call go?"

[[parameters]]
name = "session"
type = "text"
required = true
help = "The call's session, as other reports show it"
*/
WITH path AS (
    SELECT
        legs.*,
        epoch_ms(legs.started) - min(epoch_ms(legs.started)) OVER () AS after_ms
    FROM legs
    WHERE legs.session = $session
)
SELECT
    path.leg,
    path.started,
    path.after_ms,
    path.duration_ms,
    path.master,
    path.leg_type,
    path.action,
    path.direction,
    path.from_number,
    path.to_number,
    who.name,
    who.kind,
    path.result,
    path.reason,
    path.answered
FROM path
LEFT JOIN people AS who ON who.extension = path.extension
    AND who.valid_from <= path.started AND path.started < who.valid_to
ORDER BY path.leg
