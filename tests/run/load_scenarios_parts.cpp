// What one version keeps in a column, and the other one in a table of its own.
#include "tests/run/load.h"

namespace cambium::testing {
namespace {

// A field that lies in a row of another table, if it is not null: applications change that row,
// make it or take it away.
Field inTable(const std::string& table, const std::string& owner, const std::string& column,
              std::vector<std::string> values) {
  Field out{column, std::move(values)};
  const auto text = [&](std::string pattern) {
    for (const auto& [mark, by] : {std::pair{"{t}", &table}, {"{o}", &owner}, {"{c}", &column}})
      for (size_t at = pattern.find(mark); at != pattern.npos; at = pattern.find(mark))
        pattern.replace(at, 3, *by);
    return pattern;
  };
  out.shows = text("(SELECT min({c}) FROM {t} WHERE {o} = {k})");
  out.writes = {text("DELETE FROM {t} WHERE {o} = {k} AND {v} IS NULL"),
                text("UPDATE {t} SET {c} = {v} WHERE {o} = {k} AND {v} IS NOT NULL"),
                text("INSERT INTO {t} ({o}, {c}) SELECT {k}, {v} WHERE {v} IS NOT NULL AND NOT "
                     "EXISTS (SELECT 1 FROM {t} WHERE {o} = {k})")};
  return out;
}

// There is never a second one.
Field alone(const Field& field) {
  Field out = field;
  out.shows.replace(out.shows.find("min("), 3, "max");
  out.writes.clear();
  return out;
}

Scenario moved(std::string name, const std::string& before, const std::string& after,
               std::string migration, std::vector<Field> old, std::vector<Field> fresh) {
  Scenario s =
      beside(std::move(name), "", "", std::move(migration), std::move(old), std::move(fresh));
  s.before = before;
  s.after = after;
  s.contests = false;
  return s;
}

}  // namespace

std::vector<Scenario> scenariosOfParts() {
  std::vector<Scenario> out;
  const std::string part =
      " entity Part { key item: ref Item on delete cascade on update cascade  carrier: "
      "string(20)? }";
  const std::vector<std::string> carriers = {"'c{n}'", "NULL"};
  const Field column{"carrier", carriers};
  const Field row = inTable("part", "item_id", "carrier", carriers);
  out.push_back(moved("entity_becomes_two", item("carrier: string(20)?"), item("") + part,
                      "split Item -> Item, Part by item up { carrier = carrier } down { carrier "
                      "= carrier }",
                      {column}, {row, alone(row)}));
  out.push_back(moved("two_entities_become_one", item("") + part, item("carrier: string(20)?"),
                      "merge Item, Part -> Item by item up { carrier = carrier } down { carrier "
                      "= carrier }",
                      {row, alone(row)}, {column}));

  const std::string shop = " entity Shop { key code: string(8) }";
  const std::vector<std::string> codes = {"'s0'", "'s1'", "NULL", "'s2'"};
  const Field reference{"shop_code", codes};
  const Field link = inTable("item_shops", "item_id", "shop_code", codes);
  const std::vector<std::string> shops = {"INSERT INTO shop (code) VALUES ('s0'), ('s1'), ('s2')"};
  out.push_back(moved("reference_becomes_many_to_many", item("shop: ref Shop?") + shop,
                      item("shops: many Shop") + shop, "rename Item.shop -> shops", {reference},
                      {link, alone(link)}));
  out.back().setup = shops;
  out.push_back(moved("many_to_many_becomes_a_reference", item("shops: many Shop") + shop,
                      item("shop: ref Shop?") + shop,
                      "rename Item.shops -> shop  approve narrow Item.shops \"one each\"",
                      {link, alone(link)}, {reference}));
  out.back().setup = shops;

  const std::vector<std::string> grades = {"'a'", "'b'", "NULL", "'c'"};
  const Field tag{"grade_name", grades};
  const Field tags = inTable("item_grade", "item_id", "grade_name", grades);
  const std::string single = " tags Grade on Item single { a, b, c }";
  const std::string multiple = " tags Grade on Item multiple { a, b, c }";
  out.push_back(moved("tags_become_multiple", item("") + single, item("") + multiple, "", {tag},
                      {tags, alone(tags)}));
  out.push_back(moved("tags_become_single", item("") + multiple, item("") + single,
                      "approve narrow Grade \"one each\"", {tags, alone(tags)}, {tag}));
  return out;
}

}  // namespace cambium::testing
