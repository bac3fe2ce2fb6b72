-- BASE
-- drop all tables first
DROP TABLE IF EXISTS `migration_history`;
DROP TABLE IF EXISTS `system_setting`;
DROP TABLE IF EXISTS `user`;
DROP TABLE IF EXISTS `user_setting`;
DROP TABLE IF EXISTS `memo`;
DROP TABLE IF EXISTS `memo_organizer`;
DROP TABLE IF EXISTS `memo_relation`;
DROP TABLE IF EXISTS `resource`;
DROP TABLE IF EXISTS `tag`;
DROP TABLE IF EXISTS `activity`;
DROP TABLE IF EXISTS `storage`;
DROP TABLE IF EXISTS `idp`;

-- migration_history
CREATE TABLE `migration_history` (
  `version` VARCHAR(255) NOT NULL PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- system_setting
CREATE TABLE `system_setting` (
  `name` VARCHAR(255) NOT NULL PRIMARY KEY,
  `value` TEXT NOT NULL,
  `description` TEXT NOT NULL
);

-- user
CREATE TABLE `user` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `updated_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `row_status` VARCHAR(255) NOT NULL DEFAULT 'NORMAL',
  `username` VARCHAR(255) NOT NULL UNIQUE,
  `role` VARCHAR(255) NOT NULL DEFAULT 'USER',
  `email` VARCHAR(255) NOT NULL DEFAULT '',
  `nickname` VARCHAR(255) NOT NULL DEFAULT '',
  `password_hash` VARCHAR(255) NOT NULL,
  `avatar_url` TEXT NOT NULL
);

-- user_setting
CREATE TABLE `user_setting` (
  `user_id` INT NOT NULL,
  `key` VARCHAR(255) NOT NULL,
  `value` TEXT NOT NULL,
  UNIQUE(`user_id`,`key`)
);

-- memo
CREATE TABLE `memo` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `creator_id` INT NOT NULL,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `updated_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `row_status` VARCHAR(255) NOT NULL DEFAULT 'NORMAL',
  `content` TEXT NOT NULL,
  `visibility` VARCHAR(255) NOT NULL DEFAULT 'PRIVATE'
);

-- memo_organizer
CREATE TABLE `memo_organizer` (
  `memo_id` INT NOT NULL,
  `user_id` INT NOT NULL,
  `pinned` INT NOT NULL DEFAULT '0',
  UNIQUE(`memo_id`,`user_id`)
);

-- memo_relation
CREATE TABLE `memo_relation` (
  `memo_id` INT NOT NULL,
  `related_memo_id` INT NOT NULL,
  `type` VARCHAR(256) NOT NULL,
  UNIQUE(`memo_id`,`related_memo_id`,`type`)
);

-- resource
CREATE TABLE `resource` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `creator_id` INT NOT NULL,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `updated_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `filename` TEXT NOT NULL,
  `blob` MEDIUMBLOB,
  `external_link` TEXT NOT NULL,
  `type` VARCHAR(255) NOT NULL DEFAULT '',
  `size` INT NOT NULL DEFAULT '0',
  `internal_path` VARCHAR(255) NOT NULL DEFAULT '',
  `memo_id` INT DEFAULT NULL
);

-- tag
CREATE TABLE `tag` (
  `name` VARCHAR(255) NOT NULL,
  `creator_id` INT NOT NULL,
  UNIQUE(`name`,`creator_id`)
);

-- activity
CREATE TABLE `activity` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `creator_id` INT NOT NULL,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `type` VARCHAR(255) NOT NULL DEFAULT '',
  `level` VARCHAR(255) NOT NULL DEFAULT 'INFO',
  `payload` TEXT NOT NULL
);

-- storage
CREATE TABLE `storage` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `name` VARCHAR(256) NOT NULL,
  `type` VARCHAR(256) NOT NULL,
  `config` TEXT NOT NULL
);

-- idp
CREATE TABLE `idp` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `name` TEXT NOT NULL,
  `type` TEXT NOT NULL,
  `identifier_filter` VARCHAR(256) NOT NULL DEFAULT '',
  `config` TEXT NOT NULL
);

-- 0.17/00__inbox
-- inbox
CREATE TABLE `inbox` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `sender_id` INT NOT NULL,
  `receiver_id` INT NOT NULL,
  `status` TEXT NOT NULL,
  `message` TEXT NOT NULL
);

-- 0.17/01__delete_activity
DELETE FROM `activity`;

-- 0.18/00__extend_text
ALTER TABLE `system_setting` MODIFY `value` LONGTEXT NOT NULL;
ALTER TABLE `user_setting` MODIFY `value` LONGTEXT NOT NULL;
ALTER TABLE `user` MODIFY `avatar_url` LONGTEXT NOT NULL;

-- 0.18/01__webhook
-- webhook
CREATE TABLE `webhook` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `updated_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `row_status` VARCHAR(256) NOT NULL DEFAULT 'NORMAL',
  `creator_id` INT NOT NULL,
  `name` TEXT NOT NULL,
  `url` TEXT NOT NULL
);

-- 0.18/02__user_setting
UPDATE `user_setting` SET `key` = 'USER_SETTING_LOCALE', `value` = REPLACE(`value`, '"', '') WHERE `key` = 'locale';
UPDATE `user_setting` SET `key` = 'USER_SETTING_APPEARANCE', `value` = REPLACE(`value`, '"', '') WHERE `key` = 'appearance';
UPDATE `user_setting` SET `key` = 'USER_SETTING_MEMO_VISIBILITY', `value` = REPLACE(`value`, '"', '') WHERE `key` = 'memo-visibility';
UPDATE `user_setting` SET `key` = 'USER_SETTING_TELEGRAM_USER_ID', `value` = REPLACE(`value`, '"', '') WHERE `key` = 'telegram-user-id';

-- 0.19/00__add_resource_name
ALTER TABLE `memo` ADD COLUMN `resource_name` VARCHAR(256) AFTER `id`;

UPDATE `memo` SET `resource_name` = uuid();

ALTER TABLE `memo` MODIFY COLUMN `resource_name` VARCHAR(256) NOT NULL;

CREATE UNIQUE INDEX idx_memo_resource_name ON `memo` (`resource_name`);

ALTER TABLE `resource` ADD COLUMN `resource_name` VARCHAR(256) AFTER `id`;

UPDATE `resource` SET `resource_name` = uuid();

ALTER TABLE `resource` MODIFY COLUMN `resource_name` VARCHAR(256) NOT NULL;

CREATE UNIQUE INDEX idx_resource_resource_name ON `resource` (`resource_name`);

-- 0.20/00__reaction
-- reaction
CREATE TABLE `reaction` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `creator_id` INT NOT NULL,
  `content_id` VARCHAR(256) NOT NULL,
  `reaction_type` VARCHAR(256) NOT NULL,
  UNIQUE(`creator_id`,`content_id`,`reaction_type`)  
);

-- 0.21/00__user_description
ALTER TABLE `user` ADD COLUMN `description` VARCHAR(256) NOT NULL DEFAULT '';

-- 0.21/01__rename_uid
ALTER TABLE `memo` RENAME COLUMN `resource_name` TO `uid`;

ALTER TABLE `resource` RENAME COLUMN `resource_name` TO `uid`;

-- 0.22/00__resource_storage_type
ALTER TABLE `resource` ADD COLUMN `storage_type` VARCHAR(256) NOT NULL DEFAULT '';
ALTER TABLE `resource` ADD COLUMN `reference` VARCHAR(256) NOT NULL DEFAULT '';
ALTER TABLE `resource` ADD COLUMN `payload` TEXT NOT NULL;

UPDATE `resource` SET `payload` = '{}';

UPDATE `resource` SET `storage_type` = 'LOCAL', `reference` = `internal_path` WHERE `internal_path` IS NOT NULL AND `internal_path` != '';
UPDATE `resource` SET `storage_type` = 'EXTERNAL', `reference` = `external_link` WHERE `external_link` IS NOT NULL AND `external_link` != '';

ALTER TABLE `resource` DROP COLUMN `internal_path`;
ALTER TABLE `resource` DROP COLUMN `external_link`;

-- 0.22/01__memo_tags
ALTER TABLE `memo` ADD COLUMN `tags_temp` JSON;
UPDATE `memo` SET `tags_temp` = '[]';
ALTER TABLE `memo` CHANGE COLUMN `tags_temp` `tags` JSON NOT NULL;

-- 0.22/02__memo_payload
ALTER TABLE `memo` ADD COLUMN `payload_temp` JSON;
UPDATE `memo` SET `payload_temp` = '{}';
ALTER TABLE `memo` CHANGE COLUMN `payload_temp` `payload` JSON NOT NULL;

-- 0.22/03__drop_tag
DROP TABLE IF EXISTS `tag`;

-- 0.23/00__reactions
UPDATE `reaction` SET `reaction_type` = '👍' WHERE `reaction_type` = 'THUMBS_UP';
UPDATE `reaction` SET `reaction_type` = '👎' WHERE `reaction_type` = 'THUMBS_DOWN';
UPDATE `reaction` SET `reaction_type` = '💛' WHERE `reaction_type` = 'HEART';
UPDATE `reaction` SET `reaction_type` = '🔥' WHERE `reaction_type` = 'FIRE';
UPDATE `reaction` SET `reaction_type` = '👏' WHERE `reaction_type` = 'CLAPPING_HANDS';
UPDATE `reaction` SET `reaction_type` = '😂' WHERE `reaction_type` = 'LAUGH';
UPDATE `reaction` SET `reaction_type` = '👌' WHERE `reaction_type` = 'OK_HAND';
UPDATE `reaction` SET `reaction_type` = '🚀' WHERE `reaction_type` = 'ROCKET';
UPDATE `reaction` SET `reaction_type` = '👀' WHERE `reaction_type` = 'EYES';
UPDATE `reaction` SET `reaction_type` = '🤔' WHERE `reaction_type` = 'THINKING_FACE';
UPDATE `reaction` SET `reaction_type` = '🤡' WHERE `reaction_type` = 'CLOWN_FACE';
UPDATE `reaction` SET `reaction_type` = '❓' WHERE `reaction_type` = 'QUESTION_MARK';

-- 0.24/00__memo
-- Drop deprecated tags column.
ALTER TABLE `memo` DROP COLUMN `tags`;

-- 0.24/01__memo_pinned
-- Add pinned column.
ALTER TABLE `memo` ADD COLUMN `pinned` BOOLEAN NOT NULL DEFAULT FALSE;

-- Update pinned column from memo_organizer.
UPDATE memo
JOIN memo_organizer ON memo.id = memo_organizer.memo_id
SET memo.pinned = TRUE
WHERE memo_organizer.pinned = 1;

-- 0.24/02__s3_reference_length
-- https://github.com/usememos/memos/issues/4322
ALTER TABLE `resource` MODIFY `reference` TEXT NOT NULL DEFAULT ('');

-- 0.25/00__remove_webhook
DROP TABLE IF EXISTS webhook;

-- 0.26/00__rename_resource_to_attachment
RENAME TABLE resource TO attachment;

-- 0.26/01__drop_memo_organizer
DROP TABLE IF EXISTS memo_organizer;

-- 0.26/02__migrate_host_to_admin
UPDATE `user` SET `role` = 'ADMIN' WHERE `role` = 'HOST';

-- 0.27/00__migrate_storage_setting
-- Set storage type to DATABASE for existing instances that have no storage setting configured.
-- This preserves backward-compatible behavior before the default was changed to LOCAL.
INSERT INTO system_setting (name, value, description)
SELECT 'STORAGE', '{"storageType":"DATABASE"}', ''
FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM system_setting WHERE name = 'STORAGE');

-- 0.27/01__add_idp_uid
-- Add uid column to idp table
ALTER TABLE `idp` ADD COLUMN `uid` VARCHAR(256) NOT NULL DEFAULT '';

-- Populate uid for existing rows using hex of id as a fallback
UPDATE `idp` SET `uid` = LOWER(LPAD(HEX(`id`), 8, '0')) WHERE `uid` = '';

-- Create unique index on uid
ALTER TABLE `idp` ADD UNIQUE INDEX `idx_idp_uid` (`uid`);

-- 0.27/02__migrate_inbox_message_payload
UPDATE `inbox` AS i
JOIN `activity` AS a
  ON a.`id` = CAST(JSON_UNQUOTE(JSON_EXTRACT(i.`message`, '$.activityId')) AS UNSIGNED)
SET i.`message` = JSON_SET(
  JSON_REMOVE(i.`message`, '$.activityId'),
  '$.memoComment',
  JSON_OBJECT(
    'memoId',
    JSON_EXTRACT(a.`payload`, '$.memoComment.memoId'),
    'relatedMemoId',
    JSON_EXTRACT(a.`payload`, '$.memoComment.relatedMemoId')
  )
)
WHERE JSON_EXTRACT(i.`message`, '$.activityId') IS NOT NULL;

-- 0.27/03__drop_activity
DROP TABLE `activity`;

-- 0.27/04__memo_share
-- memo_share stores per-memo share grants (one row per share link).
-- uid is the opaque bearer token included in the share URL.
-- ON DELETE CASCADE ensures grants are cleaned up when the parent memo is deleted.
CREATE TABLE memo_share (
  id         INT          NOT NULL AUTO_INCREMENT PRIMARY KEY,
  uid        VARCHAR(255) NOT NULL UNIQUE,
  memo_id    INT          NOT NULL,
  creator_id INT          NOT NULL,
  created_ts BIGINT       NOT NULL DEFAULT (UNIX_TIMESTAMP()),
  expires_ts BIGINT       DEFAULT NULL,
  FOREIGN KEY (memo_id) REFERENCES memo(id) ON DELETE CASCADE
);

CREATE INDEX idx_memo_share_memo_id ON memo_share(memo_id);

-- 0.28/00__user_identity
-- user_identity stores the linkage between an external identity subject and a local user.
-- (provider, extern_uid) is unique across the table; provider stores the idp.uid.
-- Each local user can link at most one external account per provider.
CREATE TABLE `user_identity` (
  `id`         INT          NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `user_id`    INT          NOT NULL,
  `provider`   VARCHAR(256) NOT NULL,
  `extern_uid` VARCHAR(256) NOT NULL,
  `created_ts` BIGINT       NOT NULL DEFAULT (UNIX_TIMESTAMP()),
  `updated_ts` BIGINT       NOT NULL DEFAULT (UNIX_TIMESTAMP()),
  UNIQUE (`provider`, `extern_uid`),
  UNIQUE (`user_id`, `provider`)
);

CREATE INDEX `idx_user_identity_user_id` ON `user_identity`(`user_id`);

-- 0.30/00__user_tag_setting
INSERT IGNORE INTO `user_setting` (`user_id`, `key`, `value`)
SELECT
  `user`.`id`,
  'TAGS',
  `system_setting`.`value`
FROM `user`
JOIN `system_setting` ON `system_setting`.`name` = 'TAGS'
WHERE `system_setting`.`value` IS NOT NULL
  AND `system_setting`.`value` != ''
  AND `system_setting`.`value` != '{}';

-- 0.30/01__case_sensitive_username
ALTER TABLE `user`
  MODIFY `username` VARCHAR(256) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;

-- 0.31/00__rename_shortcuts_to_memo_views
-- Renames the SHORTCUTS user setting to MEMO_VIEWS, rewriting the stored JSON
-- object key from `shortcuts` to `memoViews` to match the renamed proto field.
--
-- Rows are skipped rather than failing the migration when either
--   * `value` is not valid JSON, which would abort the whole upgrade transaction, or
--   * the user already has a MEMO_VIEWS row, which would violate UNIQUE(user_id, key).
-- The conflict check goes through a derived table because MySQL cannot read the
-- target table of an UPDATE directly in a subquery.
UPDATE user_setting
SET
  `key` = 'MEMO_VIEWS',
  value = CASE
    WHEN JSON_CONTAINS_PATH(value, 'one', '$.shortcuts') THEN JSON_SET(
      JSON_REMOVE(value, '$.shortcuts'),
      '$.memoViews',
      JSON_EXTRACT(value, '$.shortcuts')
    )
    ELSE value
  END
WHERE `key` = 'SHORTCUTS'
  AND JSON_VALID(value)
  AND user_id NOT IN (
    SELECT user_id FROM (
      SELECT user_id FROM user_setting WHERE `key` = 'MEMO_VIEWS'
    ) AS existing_memo_views
  );

-- 0.31/01__migrate_storage_setting
-- Expands the legacy singleton storage setting into the named storage model.
-- Legacy fields remain in place so older clients and rollback versions can
-- continue to read the active storage configuration.
UPDATE system_setting
SET value = JSON_SET(
  value,
  '$.storages', JSON_ARRAY(JSON_OBJECT(
    'id', 'database',
    'name', 'Database',
    'type', 'STORAGE_TYPE_DATABASE'
  )),
  '$.defaultStorageId', 'database'
)
WHERE name = 'STORAGE'
  AND CASE
    WHEN JSON_VALID(value) THEN
      JSON_TYPE(value) = 'OBJECT'
      AND NOT JSON_CONTAINS_PATH(value, 'one', '$.storages')
      AND JSON_UNQUOTE(JSON_EXTRACT(value, '$.storageType')) IN ('DATABASE', '1')
    ELSE FALSE
  END;

UPDATE system_setting
SET value = JSON_SET(
  value,
  '$.storages', JSON_ARRAY(JSON_OBJECT(
    'id', 'local',
    'name', 'Local',
    'type', 'STORAGE_TYPE_LOCAL'
  )),
  '$.defaultStorageId', 'local'
)
WHERE name = 'STORAGE'
  AND CASE
    WHEN JSON_VALID(value) THEN
      JSON_TYPE(value) = 'OBJECT'
      AND NOT JSON_CONTAINS_PATH(value, 'one', '$.storages')
      AND (
        NOT JSON_CONTAINS_PATH(value, 'one', '$.storageType')
        OR JSON_UNQUOTE(JSON_EXTRACT(value, '$.storageType')) IN ('STORAGE_TYPE_UNSPECIFIED', 'LOCAL', '0', '2')
      )
    ELSE FALSE
  END;

UPDATE system_setting
SET value = JSON_SET(
  value,
  '$.storages', JSON_ARRAY(JSON_OBJECT(
    'id', 's3',
    'name', 'S3',
    'type', 'STORAGE_TYPE_S3',
    's3Config', JSON_EXTRACT(value, '$.s3Config')
  )),
  '$.defaultStorageId', 's3'
)
WHERE name = 'STORAGE'
  AND CASE
    WHEN JSON_VALID(value) THEN
      JSON_TYPE(value) = 'OBJECT'
      AND NOT JSON_CONTAINS_PATH(value, 'one', '$.storages')
      AND JSON_UNQUOTE(JSON_EXTRACT(value, '$.storageType')) IN ('S3', '3')
      AND JSON_TYPE(JSON_EXTRACT(value, '$.s3Config')) = 'OBJECT'
    ELSE FALSE
  END;

-- Attachments created before S3 configs were embedded only stored the object
-- key. Bind them to the namespace captured above before that default changes.
UPDATE attachment
SET payload = JSON_SET(payload, '$.s3Object.storageId', 's3')
WHERE storage_type = 'S3'
  AND CASE
    WHEN JSON_VALID(payload) THEN
      JSON_TYPE(payload) = 'OBJECT'
      AND JSON_TYPE(JSON_EXTRACT(payload, '$.s3Object')) = 'OBJECT'
      AND NOT JSON_CONTAINS_PATH(payload, 'one', '$.s3Object.storageId')
      AND NOT JSON_CONTAINS_PATH(payload, 'one', '$.s3Object.s3Config')
    ELSE FALSE
  END
  AND EXISTS (
    SELECT 1
    FROM system_setting AS storage_setting
    WHERE storage_setting.name = 'STORAGE'
      AND CASE
        WHEN JSON_VALID(storage_setting.value) THEN
          JSON_UNQUOTE(JSON_EXTRACT(storage_setting.value, '$.defaultStorageId')) = 's3'
        ELSE FALSE
      END
  );

-- 0.31/02__reaction_memo_id
-- Replaces the memo resource name stored in reaction.content_id with the
-- memo's stable internal ID. The inner join intentionally drops orphaned
-- reactions whose resource name no longer resolves to an existing memo.
CREATE TABLE `reaction_new` (
  `id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  `created_ts` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `creator_id` INT NOT NULL,
  `memo_id` INT NOT NULL,
  `reaction_type` VARCHAR(256) NOT NULL,
  UNIQUE(`creator_id`, `memo_id`, `reaction_type`)
);

INSERT INTO `reaction_new` (`id`, `created_ts`, `creator_id`, `memo_id`, `reaction_type`)
SELECT
  `reaction`.`id`,
  `reaction`.`created_ts`,
  `reaction`.`creator_id`,
  `memo`.`id`,
  `reaction`.`reaction_type`
FROM `reaction`
JOIN `memo` ON `reaction`.`content_id` = CONCAT('memos/', `memo`.`uid`);

DROP TABLE `reaction`;
RENAME TABLE `reaction_new` TO `reaction`;

