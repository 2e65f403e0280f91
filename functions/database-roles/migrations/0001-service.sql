-- Tables of the reference service (service/). A viewer may have several profiles; a profile is the subject of events.

CREATE TABLE profiles (
  id uuid PRIMARY KEY,
  display_name text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 60),
  language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
  maturity_rating smallint NOT NULL CHECK (maturity_rating BETWEEN 0 AND 18),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE playback_positions (
  profile_id uuid NOT NULL REFERENCES profiles ON DELETE CASCADE,
  title_id text NOT NULL CHECK (title_id ~ '^[a-z0-9-]{1,24}$'),
  position_seconds integer NOT NULL CHECK (position_seconds BETWEEN 0 AND 86400),
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (profile_id, title_id)
);

-- Without its key nobody can tell whose events are in the stream and the archive: erasure deletes the row. No foreign
-- key: the key has to go even where the profile is gone already, and events may come before the profile.
CREATE TABLE subject_keys (
  subject_id uuid PRIMARY KEY,
  key bytea NOT NULL CHECK (octet_length(key) = 32),
  created_at timestamptz NOT NULL DEFAULT now()
);
