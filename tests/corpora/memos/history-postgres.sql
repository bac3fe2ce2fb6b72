-- BASE
-- migration_history
CREATE TABLE migration_history (
  version TEXT NOT NULL PRIMARY KEY,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW())
);

-- system_setting
CREATE TABLE system_setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  description TEXT NOT NULL
);

-- user
CREATE TABLE "user" (
  id SERIAL PRIMARY KEY,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  updated_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  row_status TEXT NOT NULL DEFAULT 'NORMAL',
  username TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL DEFAULT 'USER',
  email TEXT NOT NULL DEFAULT '',
  nickname TEXT NOT NULL DEFAULT '',
  password_hash TEXT NOT NULL,
  avatar_url TEXT NOT NULL
);

-- user_setting
CREATE TABLE user_setting (
  user_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE(user_id, key)
);

-- memo
CREATE TABLE memo (
  id SERIAL PRIMARY KEY,
  creator_id INTEGER NOT NULL,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  updated_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  row_status TEXT NOT NULL DEFAULT 'NORMAL',
  content TEXT NOT NULL,
  visibility TEXT NOT NULL DEFAULT 'PRIVATE'
);

-- memo_organizer
CREATE TABLE memo_organizer (
  memo_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0,
  UNIQUE(memo_id, user_id)
);

-- memo_relation
CREATE TABLE memo_relation (
  memo_id INTEGER NOT NULL,
  related_memo_id INTEGER NOT NULL,
  type TEXT NOT NULL,
  UNIQUE(memo_id, related_memo_id, type)
);

-- resource
CREATE TABLE resource (
  id SERIAL PRIMARY KEY,
  creator_id INTEGER NOT NULL,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  updated_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  filename TEXT NOT NULL,
  blob BYTEA,
  external_link TEXT NOT NULL,
  type TEXT NOT NULL DEFAULT '',
  size INTEGER NOT NULL DEFAULT 0,
  internal_path TEXT NOT NULL DEFAULT '',
  memo_id INTEGER DEFAULT NULL
);

-- tag
CREATE TABLE tag (
  name TEXT NOT NULL,
  creator_id INTEGER NOT NULL,
  UNIQUE(name, creator_id)
);

-- activity
CREATE TABLE activity (
  id SERIAL PRIMARY KEY,
  creator_id INTEGER NOT NULL,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  type TEXT NOT NULL DEFAULT '',
  level TEXT NOT NULL DEFAULT 'INFO',
  payload JSONB NOT NULL DEFAULT '{}'
);

-- storage
CREATE TABLE storage (
  id SERIAL PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  config JSONB NOT NULL DEFAULT '{}'
);

-- idp
CREATE TABLE idp (
  id SERIAL PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  identifier_filter TEXT NOT NULL DEFAULT '',
  config JSONB NOT NULL DEFAULT '{}'
);

-- inbox
CREATE TABLE inbox (
  id SERIAL PRIMARY KEY,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  sender_id INTEGER NOT NULL,
  receiver_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  message TEXT NOT NULL
);

-- webhook
CREATE TABLE webhook (
  id SERIAL PRIMARY KEY,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  updated_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  row_status TEXT NOT NULL DEFAULT 'NORMAL',
  creator_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL
);

-- 0.19/00__add_resource_name
ALTER TABLE memo ADD COLUMN resource_name TEXT;

UPDATE memo SET resource_name = uuid_in(md5(random()::text || random()::text)::cstring);

ALTER TABLE memo ALTER COLUMN resource_name SET NOT NULL;

CREATE UNIQUE INDEX idx_memo_resource_name ON memo (resource_name);

ALTER TABLE resource ADD COLUMN resource_name TEXT;

UPDATE resource SET resource_name = uuid_in(md5(random()::text || random()::text)::cstring);

ALTER TABLE resource ALTER COLUMN resource_name SET NOT NULL;

CREATE UNIQUE INDEX idx_resource_resource_name ON resource (resource_name);

-- 0.20/00__reaction
-- reaction
CREATE TABLE reaction (
  id SERIAL PRIMARY KEY,
  created_ts BIGINT NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  creator_id INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  reaction_type TEXT NOT NULL,
  UNIQUE(creator_id, content_id, reaction_type)
);

-- 0.21/00__user_description
ALTER TABLE "user" ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- 0.21/01__rename_uid
ALTER TABLE memo RENAME COLUMN resource_name TO uid;

ALTER TABLE resource RENAME COLUMN resource_name TO uid;

-- 0.22/00__resource_storage_type
ALTER TABLE resource ADD COLUMN storage_type TEXT NOT NULL DEFAULT '';
ALTER TABLE resource ADD COLUMN reference TEXT NOT NULL DEFAULT '';
ALTER TABLE resource ADD COLUMN payload TEXT NOT NULL DEFAULT '{}';

UPDATE resource SET storage_type = 'LOCAL', reference = internal_path WHERE internal_path IS NOT NULL AND internal_path != '';

UPDATE resource SET storage_type = 'EXTERNAL', reference = external_link WHERE external_link IS NOT NULL AND external_link != '';

ALTER TABLE resource DROP COLUMN internal_path;

ALTER TABLE resource DROP COLUMN external_link;

-- 0.22/01__memo_tags
ALTER TABLE memo ADD COLUMN tags JSONB NOT NULL DEFAULT '[]';

-- 0.22/02__memo_payload
ALTER TABLE memo ADD COLUMN payload JSONB NOT NULL DEFAULT '{}';

-- 0.22/03__drop_tag
DROP TABLE IF EXISTS tag;

-- 0.23/00__reactions
UPDATE "reaction" SET "reaction_type" = '👍' WHERE "reaction_type" = 'THUMBS_UP';
UPDATE "reaction" SET "reaction_type" = '👎' WHERE "reaction_type" = 'THUMBS_DOWN';
UPDATE "reaction" SET "reaction_type" = '💛' WHERE "reaction_type" = 'HEART';
UPDATE "reaction" SET "reaction_type" = '🔥' WHERE "reaction_type" = 'FIRE';
UPDATE "reaction" SET "reaction_type" = '👏' WHERE "reaction_type" = 'CLAPPING_HANDS';
UPDATE "reaction" SET "reaction_type" = '😂' WHERE "reaction_type" = 'LAUGH';
UPDATE "reaction" SET "reaction_type" = '👌' WHERE "reaction_type" = 'OK_HAND';
UPDATE "reaction" SET "reaction_type" = '🚀' WHERE "reaction_type" = 'ROCKET';
UPDATE "reaction" SET "reaction_type" = '👀' WHERE "reaction_type" = 'EYES';
UPDATE "reaction" SET "reaction_type" = '🤔' WHERE "reaction_type" = 'THINKING_FACE';
UPDATE "reaction" SET "reaction_type" = '🤡' WHERE "reaction_type" = 'CLOWN_FACE';
UPDATE "reaction" SET "reaction_type" = '❓' WHERE "reaction_type" = 'QUESTION_MARK';

-- 0.24/00__memo
-- Drop deprecated tags column.
ALTER TABLE memo DROP COLUMN IF EXISTS tags;

-- 0.24/01__memo_pinned
-- Add pinned column.
ALTER TABLE memo ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;

-- Update pinned column from memo_organizer.
UPDATE memo
SET pinned = TRUE
FROM memo_organizer
WHERE memo.id = memo_organizer.memo_id AND memo_organizer.pinned = 1;

-- 0.25/00__remove_webhook
DROP TABLE IF EXISTS webhook;

-- 0.26/00__rename_resource_to_attachment
ALTER TABLE resource RENAME TO attachment;

-- 0.26/01__drop_memo_organizer
DROP TABLE IF EXISTS memo_organizer;

-- 0.26/02__migrate_host_to_admin
UPDATE "user" SET role = 'ADMIN' WHERE role = 'HOST';

-- 0.27/00__migrate_storage_setting
-- Set storage type to DATABASE for existing instances that have no storage setting configured.
-- This preserves backward-compatible behavior before the default was changed to LOCAL.
INSERT INTO system_setting (name, value, description)
SELECT 'STORAGE', '{"storageType":"DATABASE"}', ''
WHERE NOT EXISTS (SELECT 1 FROM system_setting WHERE name = 'STORAGE');

-- 0.27/01__add_idp_uid
-- Add uid column to idp table
ALTER TABLE idp ADD COLUMN uid TEXT NOT NULL DEFAULT '';

-- Populate uid for existing rows using hex of id as a fallback
UPDATE idp SET uid = LPAD(TO_HEX(id), 8, '0') WHERE uid = '';

-- Create unique index on uid
CREATE UNIQUE INDEX IF NOT EXISTS idx_idp_uid ON idp (uid);

-- 0.27/02__migrate_inbox_message_payload
UPDATE inbox AS i
SET message = jsonb_set(
  i.message::jsonb - 'activityId',
  '{memoComment}',
  jsonb_build_object(
    'memoId',
    a.payload->'memoComment'->'memoId',
    'relatedMemoId',
    a.payload->'memoComment'->'relatedMemoId'
  )
)::text
FROM activity AS a
WHERE (i.message::jsonb->>'activityId')::integer = a.id;

-- 0.27/03__drop_activity
DROP TABLE activity;

-- 0.27/04__memo_share
-- memo_share stores per-memo share grants (one row per share link).
-- uid is the opaque bearer token included in the share URL.
-- ON DELETE CASCADE ensures grants are cleaned up when the parent memo is deleted.
CREATE TABLE memo_share (
  id         SERIAL  PRIMARY KEY,
  uid        TEXT    NOT NULL UNIQUE,
  memo_id    INTEGER NOT NULL,
  creator_id INTEGER NOT NULL,
  created_ts BIGINT  NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  expires_ts BIGINT  DEFAULT NULL,
  FOREIGN KEY (memo_id) REFERENCES memo(id) ON DELETE CASCADE
);

CREATE INDEX idx_memo_share_memo_id ON memo_share(memo_id);

-- 0.28/00__user_identity
-- user_identity stores the linkage between an external identity subject and a local user.
-- (provider, extern_uid) is unique across the table; provider stores the idp.uid.
-- Each local user can link at most one external account per provider.
CREATE TABLE user_identity (
  id         SERIAL  PRIMARY KEY,
  user_id    INTEGER NOT NULL,
  provider   TEXT    NOT NULL,
  extern_uid TEXT    NOT NULL,
  created_ts BIGINT  NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  updated_ts BIGINT  NOT NULL DEFAULT EXTRACT(EPOCH FROM NOW()),
  UNIQUE (provider, extern_uid),
  UNIQUE (user_id, provider)
);

CREATE INDEX idx_user_identity_user_id ON user_identity(user_id);

-- 0.30/00__user_tag_setting
INSERT INTO user_setting (user_id, key, value)
SELECT
  "user".id,
  'TAGS',
  system_setting.value
FROM "user"
JOIN system_setting ON system_setting.name = 'TAGS'
WHERE system_setting.value IS NOT NULL
  AND system_setting.value != ''
  AND system_setting.value != '{}'
ON CONFLICT (user_id, key) DO NOTHING;

-- 0.30/01__case_sensitive_username
ALTER TABLE "user"
  ALTER COLUMN username TYPE TEXT COLLATE "C";

-- 0.31/00__rename_shortcuts_to_memo_views
-- Renames the SHORTCUTS user setting to MEMO_VIEWS, rewriting the stored JSON
-- object key from `shortcuts` to `memoViews` to match the renamed proto field.
--
-- Invalid or non-object JSON values are skipped rather than aborting the upgrade,
-- while the conflict check preserves an existing MEMO_VIEWS setting.
UPDATE user_setting AS legacy
SET
  key = 'MEMO_VIEWS',
  value = CASE
    WHEN legacy.value::jsonb ? 'shortcuts' THEN jsonb_set(
      legacy.value::jsonb - 'shortcuts',
      '{memoViews}',
      legacy.value::jsonb->'shortcuts'
    )::text
    ELSE legacy.value
  END
WHERE legacy.key = 'SHORTCUTS'
  AND CASE
    WHEN pg_input_is_valid(legacy.value, 'jsonb')
      THEN jsonb_typeof(legacy.value::jsonb) = 'object'
    ELSE FALSE
  END
  AND NOT EXISTS (
    SELECT 1
    FROM user_setting AS existing
    WHERE existing.user_id = legacy.user_id
      AND existing.key = 'MEMO_VIEWS'
  );

-- 0.31/01__migrate_storage_setting
-- Expands the legacy singleton storage setting into the named storage model.
-- Legacy fields remain in place so older clients and rollback versions can
-- continue to read the active storage configuration.
UPDATE system_setting
SET value = jsonb_set(
  jsonb_set(
    value::jsonb,
    '{storages}',
    jsonb_build_array(jsonb_build_object(
      'id', 'database',
      'name', 'Database',
      'type', 'STORAGE_TYPE_DATABASE'
    ))
  ),
  '{defaultStorageId}',
  to_jsonb('database'::text)
)::text
WHERE name = 'STORAGE'
  AND CASE
    WHEN pg_input_is_valid(value, 'jsonb') THEN
      jsonb_typeof(value::jsonb) = 'object'
      AND NOT value::jsonb ? 'storages'
      AND value::jsonb->>'storageType' IN ('DATABASE', '1')
    ELSE FALSE
  END;

UPDATE system_setting
SET value = jsonb_set(
  jsonb_set(
    value::jsonb,
    '{storages}',
    jsonb_build_array(jsonb_build_object(
      'id', 'local',
      'name', 'Local',
      'type', 'STORAGE_TYPE_LOCAL'
    ))
  ),
  '{defaultStorageId}',
  to_jsonb('local'::text)
)::text
WHERE name = 'STORAGE'
  AND CASE
    WHEN pg_input_is_valid(value, 'jsonb') THEN
      jsonb_typeof(value::jsonb) = 'object'
      AND NOT value::jsonb ? 'storages'
      AND (
        NOT value::jsonb ? 'storageType'
        OR value::jsonb->>'storageType' IN ('STORAGE_TYPE_UNSPECIFIED', 'LOCAL', '0', '2')
      )
    ELSE FALSE
  END;

UPDATE system_setting
SET value = jsonb_set(
  jsonb_set(
    value::jsonb,
    '{storages}',
    jsonb_build_array(jsonb_build_object(
      'id', 's3',
      'name', 'S3',
      'type', 'STORAGE_TYPE_S3',
      's3Config', value::jsonb->'s3Config'
    ))
  ),
  '{defaultStorageId}',
  to_jsonb('s3'::text)
)::text
WHERE name = 'STORAGE'
  AND CASE
    WHEN pg_input_is_valid(value, 'jsonb') THEN
      jsonb_typeof(value::jsonb) = 'object'
      AND NOT value::jsonb ? 'storages'
      AND value::jsonb->>'storageType' IN ('S3', '3')
      AND jsonb_typeof(value::jsonb->'s3Config') = 'object'
    ELSE FALSE
  END;

-- Attachments created before S3 configs were embedded only stored the object
-- key. Bind them to the namespace captured above before that default changes.
UPDATE attachment
SET payload = jsonb_set(
  payload::jsonb,
  '{s3Object,storageId}',
  to_jsonb('s3'::text)
)::text
WHERE storage_type = 'S3'
  AND CASE
    WHEN pg_input_is_valid(payload, 'jsonb') THEN
      jsonb_typeof(payload::jsonb) = 'object'
      AND jsonb_typeof(payload::jsonb->'s3Object') = 'object'
      AND NOT payload::jsonb->'s3Object' ? 'storageId'
      AND NOT payload::jsonb->'s3Object' ? 's3Config'
    ELSE FALSE
  END
  AND EXISTS (
    SELECT 1
    FROM system_setting AS storage_setting
    WHERE storage_setting.name = 'STORAGE'
      AND CASE
        WHEN pg_input_is_valid(storage_setting.value, 'jsonb') THEN
          storage_setting.value::jsonb->>'defaultStorageId' = 's3'
        ELSE FALSE
      END
  );

-- 0.31/02__reaction_memo_id
-- Replaces the memo resource name stored in reaction.content_id with the
-- memo's stable internal ID. Rows that cannot be resolved are intentionally
-- deleted before memo_id is made non-nullable.
ALTER TABLE reaction ADD COLUMN memo_id INTEGER;

UPDATE reaction
SET memo_id = memo.id
FROM memo
WHERE reaction.content_id = 'memos/' || memo.uid;

DELETE FROM reaction WHERE memo_id IS NULL;

ALTER TABLE reaction
  DROP CONSTRAINT reaction_creator_id_content_id_reaction_type_key,
  DROP COLUMN content_id,
  ALTER COLUMN memo_id SET NOT NULL,
  ADD UNIQUE (creator_id, memo_id, reaction_type);

