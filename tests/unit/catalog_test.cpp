// Descriptions and comparison of catalogs.
#include "compiler/catalog/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cambium::catalog {
namespace {

Table album() {
  Table t;
  t.name = "album";
  t.columns = {
      {"id", "INTEGER", true}, {"title", "TEXT", true, "'x'"}, {"artist_id", "INTEGER", true}};
  t.primaryKey = {"id"};
  t.checks = {{"ck_album_title", "length(\"title\") <= 40"}};
  t.foreignKeys = {{"", {"artist_id"}, "artist", {"id"}, "RESTRICT", "NO ACTION"}};
  t.indexes = {{"ix_album_artist_id", {{"artist_id", "", false}}},
               {"uq_album_title", {{"title", "", true}}, {}, "", true, false, "\"id\" > 1"}};
  t.options = {"STRICT"};
  return t;
}

TEST(Describe, readsAsText) {
  EXPECT_EQ(describe(album()),
            "table 'album'\n"
            "  column 'artist_id': INTEGER not null\n"
            "  column 'id': INTEGER not null\n"
            "  column 'title': TEXT not null default '\\'x\\''\n"
            "  primary key: ('id')\n"
            "  check 'ck_album_title': 'length(\"title\") <= 40'\n"
            "  foreign key: ('artist_id') references 'artist' ('id') on delete RESTRICT on update "
            "NO ACTION\n"
            "  index 'ix_album_artist_id': ('artist_id')\n"
            "  index 'uq_album_title': unique ('title' desc) where '\"id\" > 1'\n"
            "  options: ('STRICT')\n");
}

TEST(Describe, orderDoesNotCount) {
  Table other = album();
  std::ranges::reverse(other.columns);
  std::ranges::reverse(other.indexes);
  EXPECT_EQ(describe(other), describe(album()));
  Table two = album();
  two.foreignKeys[0].columns = {"a", "b"};
  two.foreignKeys[0].tableColumns = {"x", "y"};
  Table turned = two;
  turned.foreignKeys[0].columns = {"b", "a"};
  turned.foreignKeys[0].tableColumns = {"y", "x"};
  EXPECT_EQ(describe(two), describe(turned));
  turned.foreignKeys[0].tableColumns = {"x", "y"};
  EXPECT_NE(describe(two), describe(turned));
}

TEST(Describe, everyFactCounts) {
  std::vector<Table> all;
  const auto with = [&](auto change) {
    Table t = album();
    change(t);
    all.push_back(t);
  };
  with([](Table&) {});
  with([](Table& t) { t.name = "albums"; });
  with([](Table& t) { t.columns[0].name = "i"; });
  with([](Table& t) { t.columns[0].type = "INT"; });
  with([](Table& t) {
    t.columns[0].type = "INTEGER not null";
    t.columns[0].notNull = false;
  });
  with([](Table& t) { t.columns[0].notNull = false; });
  with([](Table& t) { t.columns[0].defaultSql = "1"; });
  with([](Table& t) { t.columns[0].generatedSql = "1"; });
  with([](Table& t) {
    t.columns[0].generatedSql = "1";
    t.columns[0].stored = true;
  });
  with([](Table& t) { t.columns[0].autoIncrement = true; });
  with([](Table& t) { t.columns[0].comment = "c"; });
  with([](Table& t) { t.columns[1].defaultSql = "'x' not null"; });
  with([](Table& t) { t.primaryKey = {"id", "title"}; });
  with([](Table& t) { t.primaryKey = {"title", "id"}; });
  with([](Table& t) { t.primaryKey = {"id', 'title"}; });
  with([](Table& t) { t.checks[0].name = ""; });
  with([](Table& t) { t.checks[0] = {"length(\"title\") <= 40", "length(\"title\") <= 40"}; });
  with([](Table& t) { t.checks[0].sql += " "; });
  with([](Table& t) { t.foreignKeys[0].name = "fk"; });
  with([](Table& t) { t.foreignKeys[0].onDelete = "CASCADE"; });
  with([](Table& t) { t.foreignKeys[0].onUpdate = "CASCADE"; });
  with([](Table& t) { t.foreignKeys[0].table = "a"; });
  with([](Table& t) { t.indexes[0].unique = true; });
  with([](Table& t) { t.indexes[0].constraint = true; });
  with([](Table& t) { t.indexes[0].parts[0] = {"", "artist_id", false}; });
  with([](Table& t) { t.indexes[0].parts[0].descending = true; });
  with([](Table& t) { t.indexes[0].whereSql = "1"; });
  with([](Table& t) { t.options.clear(); });
  with([](Table& t) { t.comment = "c"; });
  std::vector<std::string> texts;
  for (const Table& t : all) texts.push_back(describe(t));
  std::ranges::sort(texts);
  EXPECT_EQ(std::ranges::adjacent_find(texts), texts.end()) << *std::ranges::adjacent_find(texts);
}

TEST(Catalog, keepsListsSorted) {
  Catalog c;
  for (const char* name : {"b", "c", "a"}) {
    Table t;
    t.name = name;
    c.put(t);
  }
  EXPECT_EQ(c.tables.begin()->name, "a");
  EXPECT_NE(c.findTable("c"), nullptr);
  EXPECT_EQ(c.findTable("d"), nullptr);
  EXPECT_TRUE(c.dropTable("b"));
  EXPECT_FALSE(c.dropTable("b"));
  EXPECT_EQ(c.tables.size(), 2u);
  c.put(Opaque{"function", "f", "1"});
  c.put(Opaque{"domain", "f", "2"});
  c.put(Opaque{"function", "f", "3"});
  ASSERT_EQ(c.opaque.size(), 2u);
  EXPECT_EQ(c.opaque[0].kind, "domain");
  EXPECT_EQ(c.opaque[1].sql, "3");
}

std::vector<std::string> lines(const std::vector<Difference>& list) {
  std::vector<std::string> out;
  for (const Difference& d : list) {
    const char* kind = d.kind == DifferenceKind::missing ? "missing "
                       : d.kind == DifferenceKind::extra ? "extra "
                                                         : "changed ";
    out.push_back(kind + d.object + ": " + d.expected + " | " + d.actual);
  }
  return out;
}

TEST(Compare, namesWhatDiffers) {
  Catalog expected, actual;
  expected.put(album());
  Table other = album();
  other.columns[1].notNull = false;
  other.columns.push_back({"extra", "TEXT"});
  other.indexes.erase(other.indexes.begin());
  other.checks[0].name = "";
  other.foreignKeys[0].onDelete = "CASCADE";
  actual.put(other);
  actual.put(Trigger{"t", "album", "CREATE TRIGGER t"});
  expected.put(View{"v", "CREATE VIEW v"});
  EXPECT_EQ(
      lines(compare(expected, actual)),
      (std::vector<std::string>{
          "missing check album.ck_album_title: 'length(\"title\") <= 40' | ",
          "changed column album.title: TEXT not null default '\\'x\\'' | TEXT default '\\'x\\''",
          "missing foreign key album: ('artist_id') references 'artist' ('id') on delete RESTRICT "
          "on update NO ACTION | ",
          "missing index album.ix_album_artist_id: ('artist_id') | ",
          "extra check album:  | 'length(\"title\") <= 40'",
          "extra column album.extra:  | TEXT",
          "extra foreign key album:  | ('artist_id') references 'artist' ('id') on delete CASCADE "
          "on update NO ACTION",
          "missing view v: CREATE VIEW v | ",
          "extra trigger t:  | CREATE TRIGGER t",
      }));
  EXPECT_TRUE(compare(expected, expected).empty());
  EXPECT_EQ(fingerprint(expected).size(), 64u);
  EXPECT_NE(fingerprint(expected), fingerprint(actual));
}

TEST(Compare, isEmptyExactlyWhenDescriptionsAreEqual) {
  Catalog a, b;
  a.put(album());
  Table other = album();
  std::ranges::reverse(other.columns);
  b.put(other);
  EXPECT_EQ(describe(a), describe(b));
  EXPECT_TRUE(compare(a, b).empty());
  b.put(Table{});
  EXPECT_NE(describe(a), describe(b));
  EXPECT_EQ(compare(a, b).size(), 1u);
}

}  // namespace
}  // namespace cambium::catalog
