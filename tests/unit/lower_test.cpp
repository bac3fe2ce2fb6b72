// Models to catalogs: names, types, checks, keys, indexes, and what cannot be.
#include "compiler/catalog/lower.h"

#include <gtest/gtest.h>

#include <ctime>

#include "compiler/catalog/names.h"
#include "tests/unit/fake_traits.h"
#include "tests/unit/model_of.h"

namespace cambium::catalog {
namespace {

struct Result {
  Lowered lowered;
  DiagnosticSink sink;
  std::string codes() const {
    std::string out;
    for (const Diagnostic& d : sink.sorted())
      out += (out.empty() ? "" : " ") + std::string(info(d.code).name);
    return out;
  }
};

Result lowerText(const std::string& text, const Traits& traits = testing::fakeTraits()) {
  Result r;
  r.lowered = lower(testing::modelOf(text), traits, r.sink);
  return r;
}

std::string descriptionOf(const std::string& text, const Traits& traits = testing::fakeTraits()) {
  const Result r = lowerText(text, traits);
  EXPECT_EQ(r.codes(), "") << text;
  return describe(r.lowered.catalog);
}

TEST(Lower, threeProperties) {
  EXPECT_EQ(descriptionOf("entity OrderLine { key id: int64 = autoincrement() name: string(40) "
                          "price: decimal(8, 2)? }"),
            "table 'order_line'\n"
            "  column 'id': BIGINT not null autoincrement\n"
            "  column 'name': TEXT not null\n"
            "  column 'price': NUMERIC(8, 2)\n"
            "  primary key: ('id')\n"
            "  check 'ck_order_line_name': 'length(\"name\") <= 40'\n"
            "  options: ('STRICT')\n");
}

TEST(Lower, oneCheckForEachProperty) {
  EXPECT_EQ(descriptionOf("type Code = string(8) where length(value) > 2\n"
                          "enum Size { small, large }\n"
                          "entity T { key id: int64 code: Code where value != \"x\" or value == "
                          "\"y\" size: Size = large n: int16? "
                          "c: string(4) = lower(code) computed stored check n > 1 check named: n < "
                          "9 check own: n != 5 @name(\"own\") }"),
            "table 't'\n"
            "  column 'c': TEXT stored as 'lower(\"code\")'\n"
            "  column 'code': TEXT not null\n"
            "  column 'id': BIGINT not null\n"
            "  column 'n': INT\n"
            "  column 'size': TEXT not null default '\\'large\\''\n"
            "  primary key: ('id')\n"
            "  check 'ck_t_1': '\"n\" > 1'\n"
            "  check 'ck_t_c': 'length(\"c\") <= 4'\n"
            "  check 'ck_t_code': 'length(\"code\") <= 8 AND length(\"code\") > 2 AND (\"code\" <> "
            "\\'x\\' OR \"code\" = \\'y\\')'\n"
            "  check 'ck_t_n': '\"n\" BETWEEN -32768 AND 32767'\n"
            "  check 'ck_t_named': '\"n\" < 9'\n"
            "  check 'ck_t_size': '\"size\" IN (\\'small\\', \\'large\\')'\n"
            "  check 'own': '\"n\" <> 5'\n"
            "  options: ('STRICT')\n");
}

TEST(Lower, referencesBecomeTheColumnsOfTheKey) {
  EXPECT_EQ(descriptionOf(
                "entity A { key code: string(4) @native(fake: \"CHAR(4)\") b: many B inverse a }\n"
                "entity B { key (a, n) a: ref A on delete cascade on update cascade n: int32 }\n"
                "entity C { key id: int64 b: ref B? on delete set null other: ref A @unique up: "
                "ref C? @noindex @column(\"parent\") }"),
            "table 'a'\n"
            "  column 'code': CHAR(4) not null\n"
            "  primary key: ('code')\n"
            "  options: ('STRICT')\n"
            "table 'b'\n"
            "  column 'a_code': CHAR(4) not null\n"
            "  column 'n': INT not null\n"
            "  primary key: ('a_code', 'n')\n"
            "  foreign key 'fk_b_a_code': ('a_code') references 'a' ('code') on delete CASCADE on "
            "update CASCADE\n"
            "  options: ('STRICT')\n"
            "table 'c'\n"
            "  column 'b_a_code': CHAR(4)\n"
            "  column 'b_n': INT\n"
            "  column 'id': BIGINT not null\n"
            "  column 'other_code': CHAR(4) not null\n"
            "  column 'parent': BIGINT\n"
            "  primary key: ('id')\n"
            "  foreign key 'fk_c_b_a_code_b_n': ('b_a_code', 'b_n') references 'b' ('a_code', 'n') "
            "on delete SET NULL on update NO ACTION\n"
            "  foreign key 'fk_c_other_code': ('other_code') references 'a' ('code') on delete "
            "RESTRICT on update NO ACTION\n"
            "  foreign key 'fk_c_parent': ('parent') references 'c' ('id') on delete RESTRICT on "
            "update NO ACTION\n"
            "  index 'ix_c_b_a_code_b_n': ('b_a_code', 'b_n')\n"
            "  index 'uq_c_other_code': unique ('other_code')\n"
            "  options: ('STRICT')\n");
}

TEST(Lower, indexes) {
  EXPECT_EQ(
      descriptionOf("entity T { key id: int64 a: int32 @unique b: int32? s: text r: ref T?\n"
                    "unique (a, b) unique pair (b desc, a) where b is not null index (lower(s)) "
                    "index covers (r, a) index (a) where b > 1 @name(\"exact\") }"),
      "table 't'\n"
      "  column 'a': INT not null\n"
      "  column 'b': INT\n"
      "  column 'id': BIGINT not null\n"
      "  column 'r_id': BIGINT\n"
      "  column 's': TEXT not null\n"
      "  primary key: ('id')\n"
      "  foreign key 'fk_t_r_id': ('r_id') references 't' ('id') on delete RESTRICT on update NO "
      "ACTION\n"
      "  index 'exact': ('a') where '\"b\" > 1'\n"
      "  index 'ix_t_covers': ('r_id', 'a')\n"
      "  index 'ix_t_lower_s': (expression 'lower(\"s\")')\n"
      "  index 'uq_t_a': unique ('a')\n"
      "  index 'uq_t_a_b': unique ('a', 'b')\n"
      "  index 'uq_t_pair': unique ('b' desc, 'a') where '\"b\" IS NOT NULL'\n"
      "  options: ('STRICT')\n");
}

TEST(Lower, explicitNames) {
  EXPECT_EQ(descriptionOf("package p version \"1.0.0\" naming as_written\n"
                          "entity Album @native(fake: \"\") { key id: int64 @column(\"AlbumId\") "
                          "@native(fake: \"NUM NULL\") }\n"
                          "entity Song @table(\"songs\") @native(fake: \"B, A\") { key id: int64 "
                          "album: ref Album @column(\"Album\") @noindex }"),
            "table 'Album'\n"
            "  column 'AlbumId': NUM\n"
            "  primary key: ('AlbumId')\n"
            "table 'songs'\n"
            "  column 'Album': NUM not null\n"
            "  column 'id': BIGINT not null\n"
            "  primary key: ('id')\n"
            "  foreign key 'fk_songs_Album': ('Album') references 'Album' ('AlbumId') on delete "
            "RESTRICT on update NO ACTION\n"
            "  options: ('A', 'B')\n");
}

TEST(Lower, columnsOfACompositeReference) {
  const std::string base = "entity A { key (x, y) x: int32 y: int32 }\n";
  const auto columns = [&](const std::string& annotation) {
    const Result r = lowerText(base + "entity B { key id: int64 a: ref A " + annotation + " }");
    const ir::Model model =
        testing::modelOf(base + "entity B { key id: int64 a: ref A " + annotation + " }");
    std::string out = r.codes();
    for (const auto& c : r.lowered.columnsOf(*model.findProperty(*model.findEntity("B"), "a")))
      out += " " + c;
    return out;
  };
  EXPECT_EQ(columns(""), " a_x a_y");
  EXPECT_EQ(columns("@column(\"stem\")"), " stem_x stem_y");
  EXPECT_EQ(columns("@column(\"one, two\")"), " one two");
  EXPECT_EQ(columns("@column(\"one, two, three\")"), "DDL007 a_x a_y");
}

TEST(Lower, whatADatabaseCannotHold) {
  EXPECT_EQ(lowerText("entity T { key id: int64 l: string(4)[] }").codes(), "DDL001");
  EXPECT_EQ(lowerText("entity T { key id: int64 d: decimal(38, 2) }").codes(), "DDL001");
  EXPECT_EQ(lowerText("entity T { key id: int64 s: text check x: matches(s, \"a\") }").codes(),
            "DDL002");
  EXPECT_EQ(lowerText("type E = text where matches(value, \"a\")\nentity T { key id: int64 s: E }")
                .codes(),
            "DDL005");
  EXPECT_EQ(lowerText("entity T { key id: int64 s: text where matches(value, \"a\") }").codes(),
            "DDL005");
  EXPECT_EQ(lowerText("entity CambiumThing { key id: int64 }").codes(), "DDL006");
}

TEST(Lower, oneNameForTwoThings) {
  EXPECT_EQ(
      lowerText("entity A { key id: int64 } entity B @table(\"A\") { key id: int64 }").codes(),
      "DDL003");
  EXPECT_EQ(lowerText("entity A { key id: int64 x: int32 y: int32 @column(\"X\") }").codes(),
            "DDL003");
  EXPECT_EQ(
      lowerText("entity A { key id: int64 x: int32 index (x) index (x) where x > 1 }").codes(),
      "DDL003");
  EXPECT_EQ(lowerText("entity A { key id: int64 x: int32 index one (x) @name(\"b\") } entity B { "
                      "key id: int64 }")
                .codes(),
            "DDL003");
  EXPECT_EQ(lowerText("entity A { key id: int64 x: int32 check one: x > 1 check two: x > 2 "
                      "@name(\"ck_a_one\") }")
                .codes(),
            "DDL003");
}

TEST(Lower, longNames) {
  Traits traits = testing::fakeTraits();
  traits.maxIdentifierBytes = 24;
  const Result r = lowerText(
      "entity AnEntityWithAVeryLongName { key id: int64 also_a_rather_long_name: int32 @unique }",
      traits);
  EXPECT_EQ(r.codes(), "");
  const Table& t = *r.lowered.catalog.tables.begin();
  EXPECT_EQ(t.name.size(), 24u);
  EXPECT_TRUE(t.name.starts_with("an_entity_with_")) << t.name;
  EXPECT_LE(t.indexes.at(0).name.size(), 24u);
  for (const Column& c : t.columns) EXPECT_LE(c.name.size(), 24u);
  EXPECT_EQ(
      lowerText("entity A @table(\"a_table_with_a_very_long_name\") { key id: int64 }", traits)
          .codes(),
      "DDL004");
  EXPECT_EQ(
      lowerText("entity A { key id: int64 @column(\"a_column_with_a_very_long_name\") }", traits)
          .codes(),
      "DDL004");
  EXPECT_EQ(
      lowerText(
          "entity A { key id: int64 n: int32 index (n) @name(\"an_index_with_a_very_long_name\") }",
          traits)
          .codes(),
      "DDL004");
}

TEST(Names, wordsAndPlurals) {
  EXPECT_EQ(snakeCase("OrderLine"), "order_line");
  EXPECT_EQ(snakeCase("HTTPServer"), "http_server");
  EXPECT_EQ(snakeCase("Order_Line"), "order_line");
  EXPECT_EQ(snakeCase("Area51Report"), "area51_report");
  EXPECT_EQ(snakeCase("order"), "order");
  EXPECT_EQ(pluralOf("order_line"), "order_lines");
  EXPECT_EQ(pluralOf("category"), "categories");
  EXPECT_EQ(pluralOf("day"), "days");
  EXPECT_EQ(pluralOf("box"), "boxes");
  EXPECT_EQ(pluralOf("branch"), "branches");
  EXPECT_EQ(derivedName("ix", {"a", "b"}, 63), "ix_a_b");
  const std::string one = derivedName("ix", {std::string(40, 'a'), std::string(40, 'b')}, 63);
  EXPECT_EQ(one.size(), 63u);
  EXPECT_NE(one, derivedName("ix", {std::string(40, 'a'), std::string(41, 'b')}, 63));
  EXPECT_EQ(cutName("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", 14).substr(0, 4),
            "\u00e4\u00e4");
}

TEST(Lower, isLinear) {
  const auto model = [](int entities) {
    std::string text;
    for (int i = 0; i < entities; ++i) {
      text += "entity E" + std::to_string(i) + " { key id: int64";
      for (int p = 0; p < 8; ++p) text += " p" + std::to_string(p) + ": string(40)";
      text += " r: ref E" + std::to_string(i / 2) + "? check c: p1 != p2 }\n";
    }
    return testing::modelOf(text);
  };
  const Traits traits = testing::fakeTraits();
  const auto milliseconds = [&](const ir::Model& m) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      DiagnosticSink sink;
      const std::clock_t start = std::clock();
      const Lowered l = lower(m, traits, sink);
      best = std::min(best, 1000.0 * double(std::clock() - start) / CLOCKS_PER_SEC);
      EXPECT_EQ(l.catalog.tables.size(), m.entities.size());
    }
    return best;
  };
  const double small = milliseconds(model(1000)), large = milliseconds(model(10000));
  RecordProperty("ms_1000", std::to_string(small));
  RecordProperty("ms_10000", std::to_string(large));
  std::printf("lower: 1,000 entities %.1f ms, 10,000 entities %.1f ms\n", small, large);
  EXPECT_LT(large, 25 * small + 20);
}

}  // namespace
}  // namespace cambium::catalog
