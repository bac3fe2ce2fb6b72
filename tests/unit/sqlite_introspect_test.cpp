// What introspection reads is what was meant: our own tables to the byte, other people's without
// loss.
#include <fstream>
#include <sstream>

#include "tests/support/places.h"
#include "tests/unit/sqlite_fixture.h"

namespace cambium::testing {
namespace {

using catalog::Catalog;
using catalog::Table;

std::string fileText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Table richTable() {
  Table t;
  t.name = "order \"line\"";
  t.columns = {
      {"id", "INTEGER", true, "", "", false, true, ""},
      {"select", "TEXT", true, "'it''s; -- not a comment'", "", false, false, ""},
      {"größe [cm]", "REAL", false, "-1.5", "", false, false, ""},
      {"made", "TEXT", true, "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')", "", false, false, ""},
      {"parent_id", "INTEGER", false, "", "", false, false, ""},
      {"a`b", "BLOB", false, "x'00FF'", "", false, false, ""},
      {"double", "REAL", false, "", "\"größe [cm]\" * 2", false, false, ""},
      {"kept", "TEXT", false, "", "upper(\"select\")", true, false, ""}};
  t.primaryKey = {"id"};
  t.checks = {{"ck_a", "length(\"select\") <= 40"},
              {"ck \"b\"", "\"größe [cm]\" IN (1, 2) OR \"select\" <> 'x  y'"}};
  t.foreignKeys = {{"", {"parent_id"}, t.name, {"id"}, "CASCADE", "NO ACTION"}};
  t.indexes = {
      {"ix_1", {{"parent_id", "", false}, {"made", "", true}}, {}, "", false, false, ""},
      {"uq_1", {{"", "lower(\"select\")", false}}, {}, "", true, false, "\"made\" IS NOT NULL"}};
  t.options = {"STRICT"};
  return t;
}

TEST(SqliteIntrospect, OwnTableComesBackExactly) {
  Catalog wanted;
  wanted.put(richTable());
  Table pair;
  pair.name = "pair";
  pair.columns = {{"a", "TEXT", true, "", "", false, false, ""},
                  {"b", "INTEGER", true, "0", "", false, false, ""}};
  pair.primaryKey = {"b", "a"};
  pair.options = {"STRICT", "WITHOUT ROWID"};
  wanted.put(pair);
  Database db;
  db.step({plan::CreateTable{richTable()}, plan::CreateTable{pair}}, {});
  EXPECT_EQ(describe(wanted), describe(db.catalog()));
  for (const auto& table : wanted.tables) {
    const auto one = db.session->describe(dialect::ObjectKind::table, table.name);
    ASSERT_TRUE(one && *one);
    EXPECT_EQ(describe(table), **one);
  }
  EXPECT_FALSE(*db.session->describe(dialect::ObjectKind::table, "nobody"));
}

TEST(SqliteIntrospect, AlteredTextComesBackAsSimulated) {
  Catalog now;
  now.put(richTable());
  Database db;
  db.step({plan::CreateTable{richTable()}}, {});
  const std::string table = richTable().name;
  const catalog::Column added{"note", "TEXT", false, "", "", false, false, ""};
  const std::vector<std::vector<plan::Operation>> steps = {
      {plan::AddColumn{table, added, catalog::Check{"ck_note", "length(\"note\") < 5"},
                       std::nullopt}},
      {plan::AddColumn{table,
                       {"other", "INTEGER", false, "", "", false, false, ""},
                       std::nullopt,
                       catalog::ForeignKey{"", {"other"}, table, {"id"}, "SET NULL", "NO ACTION"}}},
      {plan::AddColumn{
          table, {"n", "INTEGER", true, "7", "", false, false, ""}, std::nullopt, std::nullopt}},
      {plan::RenameColumn{table, "select", "where"}},
      {plan::RenameColumn{table, "id", "key"}},
      {plan::RenameTable{table, "line"}},
      {plan::RenameTable{"line", "LINE"}},
      {plan::DropColumn{"LINE", added, catalog::Check{"ck_note", "length(\"note\") < 5"},
                        std::nullopt}},
      {plan::DropColumn{
          "LINE", {"n", "INTEGER", true, "7", "", false, false, ""}, std::nullopt, std::nullopt}},
      {plan::DropIndex{"LINE", richTable().indexes[0]}},
  };
  for (const auto& step : steps) {
    ASSERT_TRUE(db.step(step, now));
    for (const auto& operation : step)
      ASSERT_EQ("", plan::apply(operation, now, sqliteDialect().traits()));
    ASSERT_EQ(describe(now), describe(db.catalog()));
  }
}

TEST(SqliteIntrospect, ForeignSpellingsMeanTheSame) {
  Database db;
  db.run("create table Parent(Id integer primary key, Code varchar (10) not null unique)");
  db.run(
      "CREATE TABLE if not exists main.[Odd Table] /* a comment, with ( */ (\n"
      "  `Id` INTEGER CONSTRAINT pk PRIMARY KEY -- the key\n"
      ", name  NVARCHAR( 160 )   COLLATE nocase DEFAULT \"none\" NOT NULL CHECK (LENGTH( NAME ) /* "
      "! */ > 0 and [Odd Table].[Id]>0),\n"
      "  parent int references PARENT on delete set null deferrable initially immediate,\n"
      "  d decimal(10,2) default (1 + 1), e DEFAULT +5, f text default x, g default "
      "current_timestamp,\n"
      "  s text check (s <> 'double') NULL,\n"
      "  constraint u unique (Name, PARENT desc) FOREIGN KEY (parent) REFERENCES parent(ID)\n)");
  // As an application with double-quoted texts would have written it.
  db.run("PRAGMA writable_schema = ON");
  db.run("UPDATE sqlite_schema SET sql = replace(sql, '''double''', '\"double\"')");
  db.run("PRAGMA writable_schema = RESET");
  db.run(
      "CREATE UNIQUE INDEX [my ix] ON [odd table](NAME collate binary DESC, upper(name)) where "
      "PARENT is not null");
  Table wanted;
  wanted.name = "Odd Table";
  wanted.columns = {{"Id", "INTEGER", true, "", "", false, false, ""},
                    {"name", "NVARCHAR(160) COLLATE nocase", true, "'none'", "", false, false, ""},
                    {"parent", "int", false, "", "", false, false, ""},
                    {"d", "decimal(10,2)", false, "1 + 1", "", false, false, ""},
                    {"e", "", false, "+5", "", false, false, ""},
                    {"f", "text", false, "'x'", "", false, false, ""},
                    {"g", "", false, "current_timestamp", "", false, false, ""},
                    {"s", "text", false, "", "", false, false, ""}};
  wanted.primaryKey = {"Id"};
  wanted.checks = {{"", "LENGTH( \"name\" ) > 0 and \"Id\">0"}, {"", "\"s\" <> 'double'"}};
  wanted.foreignKeys = {{"", {"parent"}, "Parent", {"Id"}, "SET NULL", "NO ACTION", true, true},
                        {"", {"parent"}, "Parent", {"Id"}, "NO ACTION", "NO ACTION"}};
  wanted.indexes = {{"u", {{"name", "", false}, {"parent", "", true}}, {}, "", true, true, ""},
                    {"my ix",
                     {{"", "\"name\" collate binary", true}, {"", "upper(\"name\")", false}},
                     {},
                     "",
                     true,
                     false,
                     "\"parent\" is not null"}};
  EXPECT_EQ(describe(wanted), describe(*db.catalog().findTable("Odd Table")));
  const auto one = db.session->describe(dialect::ObjectKind::table, "Odd Table");
  EXPECT_EQ(describe(*db.catalog().findTable("Odd Table")), **one);
}

// A table that was read and is written again by us is the same table.
void expectRoundTrip(const Catalog& found, const std::string& what) {
  Database copy;
  std::vector<plan::Operation> creates;
  for (const auto& table : found.tables) creates.push_back(plan::CreateTable{table});
  copy.run("PRAGMA foreign_keys = OFF");
  if (!creates.empty()) copy.step(creates, {});
  Catalog tables;
  tables.tables = found.tables;
  EXPECT_EQ(describe(tables), describe(copy.catalog())) << what;
}

TEST(SqliteIntrospect, Chinook) {
  Database db;
  db.run("BEGIN");
  db.script(fileText(sourceDir() + "/examples/chinook/Chinook_Sqlite.sql"));
  db.run("COMMIT");
  const Catalog found = db.catalog();
  size_t columns = 0, keys = 0;
  for (const auto& table : found.tables) {
    columns += table.columns.size();
    keys += table.foreignKeys.size();
    EXPECT_EQ(describe(table), **db.session->describe(dialect::ObjectKind::table, table.name));
  }
  EXPECT_EQ(11u, found.tables.size());
  EXPECT_EQ(64u, columns);
  EXPECT_EQ(11u, keys);
  EXPECT_TRUE(found.opaque.empty());
  EXPECT_EQ((std::vector<std::string>{"PlaylistId", "TrackId"}),
            found.findTable("PlaylistTrack")->primaryKey);
  expectRoundTrip(found, "chinook");
}

TEST(SqliteIntrospect, WhatTheCatalogCannotSayIsKeptWhole) {
  Database db;
  db.run("CREATE VIRTUAL TABLE search USING fts5(body)");
  db.run("CREATE TABLE matching (a INTEGER REFERENCES matching (a) MATCH FULL)");
  db.run("CREATE INDEX ix_matching ON matching (a)");
  db.run("CREATE TABLE forgiving (a TEXT NOT NULL ON CONFLICT IGNORE)");
  db.run("CREATE TABLE backwards (a INTEGER PRIMARY KEY DESC)");
  db.run("CREATE TABLE plain (a TEXT)");
  db.run("CREATE TABLE cambium_ledger (a TEXT)");
  db.run("CREATE VIEW \"v\" AS\nSELECT \"a\" FROM \"plain\"");
  db.run("CREATE TRIGGER \"t\" AFTER INSERT ON \"plain\"\nBEGIN\n  SELECT 1;\nEND");
  const Catalog found = db.catalog();
  std::string kinds;
  for (const auto& opaque : found.opaque) kinds += opaque.kind + " " + opaque.name + "\n";
  EXPECT_EQ(
      "table backwards\ntable forgiving\ntable matching\nvirtual table search\nshadow table "
      "search_config\nshadow table search_content\n"
      "shadow table search_data\nshadow table search_docsize\nshadow table search_idx\n",
      kinds);
  EXPECT_NE(std::string::npos, found.opaque[2].sql.find("ix_matching"));
  ASSERT_EQ(1u, found.tables.size());
  EXPECT_EQ("CREATE VIEW \"v\" AS\nSELECT \"a\" FROM \"plain\"", found.views.at(0).sql);
  EXPECT_EQ("CREATE TRIGGER \"t\" AFTER INSERT ON \"plain\"\nBEGIN\n  SELECT 1;\nEND",
            found.triggers.begin()->sql);
  EXPECT_EQ(describe(found.views[0]), **db.session->describe(dialect::ObjectKind::view, "v"));
  EXPECT_EQ(describe(*found.triggers.begin()),
            **db.session->describe(dialect::ObjectKind::trigger, "t"));
  EXPECT_EQ(describe(found.opaque[2]),
            **db.session->describe(dialect::ObjectKind::table, "matching"));
}

}  // namespace
}  // namespace cambium::testing
