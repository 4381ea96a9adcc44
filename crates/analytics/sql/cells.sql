SELECT
    key,
    piece_ms,
    direction,
    origin,
    response,
    result,
    type,
    sla,
    company_hours,
    queue_hours,
    count(*) AS calls,
    sum(opportunities) AS opportunities,
    sum(spent_ms) AS spent_ms,
    min(spent_ms) AS least_ms,
    max(spent_ms) AS most_ms
FROM wanted
GROUP BY key, piece_ms, direction, origin, response, result, type, sla, company_hours, queue_hours
