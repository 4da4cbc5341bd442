//! REST /v2 and /api/v1: authenticate, authorise, call, map errors.
