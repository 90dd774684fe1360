-- Who a user is at a provider of single sign-on (OpenID Connect). What the provider calls somebody may change and may be anybody's
-- there: a user is known by issuer and subject alone. Where an admin lets a user be joined with one, it is known which only afterwards.
CREATE TABLE identity (
    user     TEXT    PRIMARY KEY,
    issuer   TEXT,
    subject  TEXT,
    mapped   INTEGER NOT NULL DEFAULT 0,        -- whether the role that the user has is the provider's
    until_us INTEGER,                           -- until when it may be joined; unknown once it was
    CHECK ((issuer IS NULL) = (subject IS NULL)),
    CHECK ((subject IS NULL) <> (until_us IS NULL))
) STRICT;

CREATE UNIQUE INDEX identity_by_subject ON identity (issuer, subject);
