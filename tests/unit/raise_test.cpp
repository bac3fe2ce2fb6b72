// The way back: catalogs to models, whose lowering is the catalog again.
#include "compiler/catalog/raise.h"

#include <gtest/gtest.h>

#include "compiler/artifact/seal.h"
#include "compiler/catalog/lower.h"
#include "compiler/ir/print.h"
#include "tests/unit/fake_traits.h"
#include "tests/unit/model_of.h"

namespace cambium::catalog {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

Catalog lowered(const ir::Model& model) {
  DiagnosticSink sink;
  return lower(model, testing::fakeTraits(), sink).catalog;
}

// The law of `pull`: through the text and back.
void expectRoundTrip(const Catalog& catalog) {
  const Raised raised = raise(catalog, testing::fakeTraits(), "pulled");
  EXPECT_EQ(joined(raised.notCarried), "");
  const std::string source = ir::toSource(raised.model);
  const ir::Model again = testing::modelOf(source);
  EXPECT_EQ(describe(lowered(again)), describe(catalog)) << source;
  EXPECT_EQ(artifact::seal(again), artifact::seal(raised.model)) << source;
}

TEST(Raise, aForeignDatabase) {
  Catalog c;
  Table artist;
  artist.name = "Artist";
  artist.columns = {{"ArtistId", "BIGINT", true}, {"Name", "VARCHAR(160)", false}};
  artist.primaryKey = {"ArtistId"};
  Table album;
  album.name = "Album";
  album.columns = {{"AlbumId", "BIGINT", true},
                   {"Title", "VARCHAR(160)", true, "'none'"},
                   {"ArtistId", "BIGINT", true},
                   {"case", "ODD", false}};
  album.primaryKey = {"AlbumId"};
  album.foreignKeys = {
      {"fk_Album_ArtistId", {"ArtistId"}, "Artist", {"ArtistId"}, "NO ACTION", "NO ACTION"}};
  album.indexes = {
      {"IFK_AlbumArtistId", {{"ArtistId", "", false}}},
      {"by title", {{"Title", "", true}}, {}, "", true, false, "\"case\" IS NOT NULL"}};
  c.put(artist);
  c.put(album);
  const Raised raised = raise(c, testing::fakeTraits(), "chinook");
  EXPECT_EQ(joined(raised.notCarried), "");
  EXPECT_EQ(ir::toSource(raised.model),
            "package chinook naming as_written\n"
            "\n"
            "entity Album @native(fake: \"\") {\n"
            "  key album_id: int64 @column(\"AlbumId\")\n"
            "  title: string(160) = \"none\" @column(\"Title\") @native(fake: \"VARCHAR(160)\")\n"
            "  artist: ref Artist on delete no action @noindex @column(\"ArtistId\")\n"
            "  `case`: text? @native(fake: \"ODD\")\n"
            "  unique (title desc) where `case` is not null @name(\"by title\")\n"
            "  index (artist) @name(\"IFK_AlbumArtistId\")\n"
            "}\n"
            "\n"
            "entity Artist @native(fake: \"\") {\n"
            "  key artist_id: int64 @column(\"ArtistId\")\n"
            "  name: string(160)? @column(\"Name\") @native(fake: \"VARCHAR(160)\")\n"
            "  albums: many Album inverse artist\n"
            "}\n");
  expectRoundTrip(c);
}

TEST(Raise, whatLoweringMade) {
  expectRoundTrip(lowered(testing::modelOf(
      "enum Size { small, large }\n"
      "entity Node { key id: int64 = autoincrement() up: ref Node? name: string(40) = \"it's\" "
      "size: Size = large n: int16 = -3\n"
      "  ok: bool = true price: decimal(10, 2)? made: timestamp = now() token: uuid = uuid() "
      "@unique\n"
      "  unique (name, n desc) index by_n (n) where ok is not null }\n"
      "entity Pair { key (left, right) left: ref Node on delete cascade right: ref Node on delete "
      "no action on update cascade }\n"
      "entity Use { key id: uuid pair: ref Pair? on delete set null other: ref Pair @noindex "
      "@column(\"a, b\") one: ref Node @unique index (pair, other desc) }")));
}

TEST(Raise, manyNamesThatAreNone) {
  Catalog c;
  for (const char* name : {"order", "two words", "9lives", "\u00fc", "ref", "in"}) {
    Table t;
    t.name = name;
    t.columns = {{"id", "BIGINT", true},
                 {"Id", "TEXT", false},
                 {"not", "TEXT", false},
                 {"a-b", "TEXT", false},
                 {"a b", "TEXT", false}};
    t.columns[1].name = "ID 2";
    t.primaryKey = {"id"};
    t.options = {"STRICT"};
    c.put(t);
  }
  expectRoundTrip(c);
}

TEST(Raise, typesThatOnlyTheDatabaseKnows) {
  Catalog c;
  Table parent;
  parent.name = "parent";
  parent.columns = {{"code", "VARCHAR(160)", false}};  // some engines let a key be null
  parent.primaryKey = {"code"};
  Table child;
  child.name = "child";
  child.columns = {{"code", "ODD", false, "'x'"}, {"parent_code", "TEXT", true, "'none'"}};
  child.primaryKey = {"code"};
  child.foreignKeys = {
      {"fk_child_code", {"code"}, "parent", {"code"}, "CASCADE", "CASCADE"},
      {"fk_child_parent_code", {"parent_code"}, "parent", {"code"}, "SET DEFAULT", "NO ACTION"}};
  child.indexes = {{"twice", {{"parent_code", "", false}}},
                   {"ix_child_parent_code", {{"parent_code", "", false}}}};
  c.put(parent);
  c.put(child);
  expectRoundTrip(c);
}

TEST(Raise, nothingIsLostInSilence) {
  Catalog c;
  Table keyless;
  keyless.name = "log";
  keyless.columns = {{"text", "TEXT", true}};
  c.put(keyless);
  Table t;
  t.name = "t";
  t.columns = {{"id", "BIGINT", true},
               {"a", "INT", true, "random()"},
               {"b", "INT", false, "", "\"a\" + 1", true},
               {"c", "INT", true}};
  t.primaryKey = {"id"};
  t.checks = {{"positive", "\"a\" > 0"}, {"", "\"c\" > 0"}};
  t.foreignKeys = {{"", {"c"}, "t", {"a"}, "CASCADE", "NO ACTION"}};
  t.indexes = {{"", {{"c", "", false}}, {}, "", true, true}, {"ix", {{"", "lower(\"a\")", false}}}};
  t.options = {"STRICT"};
  c.put(t);
  c.put(Trigger{"audit", "t", "CREATE TRIGGER audit"});
  c.put(View{"v", "CREATE VIEW v"});
  c.put(Opaque{"virtual table", "search", "CREATE VIRTUAL TABLE search"});
  EXPECT_EQ(
      joined(raise(c, testing::fakeTraits(), "p").notCarried),
      "table log: it has no primary key, and every entity needs a key\n"
      "index t.uq_t_c: the model adds it: unique ('c') constraint\n"
      "foreign key t: it refers to something else than the key: ('c') references 't' ('a') on "
      "delete CASCADE on update NO ACTION\n"
      "index t: the language does not say it: unique ('c') constraint\n"
      "view v: the language does not say it: CREATE VIEW v\n"
      "trigger audit: the language does not say it: CREATE TRIGGER audit\n"
      "virtual table search: the language does not say it: CREATE VIRTUAL TABLE search\n");
}

TEST(Raise, cyclesThatTheLanguageRefuses) {
  Catalog c;
  for (const auto& [name, other] : {std::pair("a", "b"), std::pair("b", "a")}) {
    Table t;
    t.name = name;
    t.columns = {{"id", "BIGINT", true}, {"other_id", "BIGINT", true}};
    t.primaryKey = {"id"};
    t.foreignKeys = {{std::string("fk_") + name + "_other_id",
                      {"other_id"},
                      other,
                      {"id"},
                      "CASCADE",
                      "NO ACTION"}};
    t.options = {"STRICT"};
    c.put(t);
  }
  const Raised raised = raise(c, testing::fakeTraits(), "p");
  ASSERT_EQ(raised.notCarried.size(), 1u) << joined(raised.notCarried);
  EXPECT_TRUE(raised.notCarried[0].starts_with(
      "foreign key b.fk_b_other_id: no first row could be inserted"));
  (void)testing::modelOf(ir::toSource(raised.model));
}

TEST(ToSource, everyConstruct) {
  const std::string text =
      "package shop version \"1.0.0\" naming plural\n"
      "\n"
      "/// An address.\n"
      "type Email = string(320) where length(value) > 3\n"
      "\n"
      "enum Status { draft, `case` \"In a \\\"case\\\"\", closed }\n"
      "\n"
      "enum Told {\n"
      "  /// The first.\n"
      "  one \"One\",\n"
      "  two,\n"
      "}\n"
      "\n"
      "/// Somebody.\n"
      "///\n"
      "/// Who buys.\n"
      "entity Customer @table(\"client\") @native(sqlite: \"WITHOUT ROWID\") {\n"
      "  key id: uuid = uuid()\n"
      "  /// Where to write to.\n"
      "  email: Email @unique\n"
      "  mails: Email[]?\n"
      "  age: int32? where value > 0 = 1 @column(\"years\")\n"
      "  status: Status = `case`\n"
      "  told: Told?\n"
      "  secret: text? @sensitive(mask: \"last4\")\n"
      "  hidden: text @sensitive @deprecated\n"
      "  group profile \"Profile\" {\n"
      "    born: date?\n"
      "    group inner {\n"
      "      died: date?\n"
      "    }\n"
      "  }\n"
      "  label: text = concat(email, \" \\\\ \") computed stored\n"
      "  parent: ref Customer? on delete set null on update cascade @noindex\n"
      "  children: many Customer inverse parent\n"
      "  unique (email, age desc) where age is not null @name(\"u\")\n"
      "  index by_age (age)\n"
      "  check (age > 1 or age is null) and status != draft\n"
      "  check adult: age >= 18 @name(\"ck\") @message(\"too young\")\n"
      "}\n"
      "\n"
      "entity ref {\n"
      "  customer: ref Customer\n"
      "  many: int32\n"
      "  key (customer, many)\n"
      "}\n";
  const ir::Model model = testing::modelOf(text);
  const std::string printed = ir::toSource(model);
  const ir::Model again = testing::modelOf(printed);
  EXPECT_TRUE(ir::sameModel(model, again)) << printed;
  EXPECT_EQ(ir::toSource(again), printed);
  EXPECT_EQ(printed, text);
}

}  // namespace
}  // namespace cambium::catalog
