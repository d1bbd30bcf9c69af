package pb_migrations

// WriteDownRoutes is what 0017 does with the regions that are there.
var WriteDownRoutes = writeDownRoutes
