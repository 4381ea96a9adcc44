SELECT groups.key, names.name, names.number
FROM (SELECT DISTINCT key FROM wanted) AS groups
LEFT JOIN names ON names.key = groups.key
ORDER BY groups.key
