// What changes the model more than the rows: names that stay in the database, computed properties,
// what is promised to others, the lifecycle, words.
#include "tests/run/load.h"

namespace cambium::testing {
namespace {

std::vector<Scenario> names() {
  std::vector<Scenario> out;
  const Field title{"title", {"'t{n}'"}};
  out.push_back(beside("property_keeps_its_column", "title: string(20)",
                       "heading: string(20) @column(\"title\")", "rename Item.title -> heading",
                       {title}, {title}));
  out.push_back(beside("column_renamed", "title: string(20)",
                       "title: string(20) @column(\"heading\")", "", {title},
                       {{"heading", {"'t{n}'"}}}));
  out.push_back(beside("column_of_another_native_type", "title: string(20)",
                       "title: string(20) @native(postgres: \"character varying(60)\", mariadb: "
                       "\"varchar(60)\")",
                       "", {title}, {title}));
  out.back().only = "postgres mariadb";
  out.push_back(beside("entity_keeps_its_table", "", "", "rename Item -> Thing", {}, {}));
  out.back().after = "entity Thing @table(\"item\") { $  name: string(40) }";
  out.push_back(beside("table_renamed", "", "", "", {}, {}));
  out.back().after = "entity Item @table(\"things\") { $  name: string(40) }";
  out.back().fresh.table = "things";
  out.back().fresh.noUpsert = "sqlite";
  const auto shows = [](const std::string& view) {
    return std::vector<std::string>{"UPDATE item SET name = name WHERE id IN (SELECT id FROM " +
                                    view + " WHERE id = 0)"};
  };
  out.push_back(
      beside("names_of_what_has_no_values",
             "unique one (id, name)  index by_name (name)"
             "  check told: name != \"\"",
             "unique single (id, name)  index seek (name)  check said: name != \"\"",
             "rename Item.one -> single  rename Item.by_name -> seek  rename Item.told -> "
             "said  rename Named -> Shown  rename Stays -> Remains  rename First -> Other",
             {}, {}));
  out.back().before += R"(
view Named of Item where name != "v1" { id, name }
view Stays of Item @table("stays") { id, name }
template First of Item { name = "some" }
)";
  out.back().after += R"(
view Shown of Item where name != "v1" { id, name }
view Remains of Item @table("stays") { id, name }
template Other of Item { name = "some" }
)";
  out.back().old.also = shows("named");
  out.back().fresh.also = shows("shown");
  // The other databases have no such options.
  out.push_back(beside("options_of_the_table", "", "", "", {}, {}));
  out.back().after = "entity Item @native(sqlite: \"WITHOUT ROWID\") { $  name: string(40) }";
  return out;
}

std::vector<Scenario> computed() {
  std::vector<Scenario> out;
  const Field amount{"amount", {"1", "2", "3"}};
  const auto add = [&](std::string name, const std::string& before, const std::string& after,
                       std::vector<Field> old, std::vector<Field> fresh,
                       std::string migration = "") {
    old.insert(old.begin(), amount);
    fresh.insert(fresh.begin(), amount);
    out.push_back(beside(std::move(name), "amount: int32  " + before, "amount: int32  " + after,
                         std::move(migration), std::move(old), std::move(fresh)));
  };
  const Field twice = onlyRead("twice", {"2", "4", "6"});
  add("computed_dropped", "twice: int64 = amount * 2 computed", "", {twice}, {});
  add("computed_changes_its_type", "twice: int64 = amount * 2 computed",
      "twice: string = concat(\"x\", to_string(amount)) computed", {twice},
      {onlyRead("twice", {"'x1'", "'x2'", "'x3'"})});
  out.back().untilSwitch = true;
  add("values_become_computed", "twice: int64", "twice: int64 = amount * 2 computed",
      {own("twice", {"2", "4", "6"})}, {twice}, "approve narrow Item.twice \"always the double\"");
  out.back().untilSwitch = true;
  // LCK008: what the old version had stays as it was, and is empty in rows that are new.
  out.back().fit = {"UPDATE item SET twice__old = 2 WHERE twice__old IS NULL"};
  // What is no number is lost, and somebody has agreed to that.
  out.push_back(beside("converted_with_a_loss", "code: string(20)?", "number: int64?",
                       "rename Item.code -> number  convert Item.code up to_int64(code) down "
                       "to_string(number)  approve narrow Item.code \"never meant\"",
                       {{"code", {"'{n}'", "'none'|NULL"}}}, {{"number", {"{n}", "NULL"}}}));
  out.push_back(beside("merged_with_a_loss", "street: string(30)  number: string(9)?",
                       "address: string(60)",
                       "merge Item.street, number -> address up { address = concat(street, \" \", "
                       "coalesce(number, \"\")) } down { street = split_part(address, \" \", 1), "
                       "number = split_part(address, \" \", 2) }  approve narrow Item.number \"it "
                       "can be read\"",
                       {{"street", {"'A{n}'"}}, {"number", {"'{n}'", "NULL|''"}}},
                       {{"address", {"'A{n} {n}'", "'A{n} '"}}}));
  return out;
}

std::vector<Scenario> promises() {
  std::vector<Scenario> out;
  const std::vector<std::string> values = {"'n{n}'", "'n{n}'", "NULL"};
  out.push_back(beside("exposed_property_becomes_optional", "note: string(20) @exposed",
                       "note: string(20)? @exposed", "", {{"note", values}}, {{"note", values}}));
  out.back().old.numbers = 2;
  const Field secret{"code", {"'c{n}'"}};
  out.push_back(beside("property_becomes_sensitive", "code: string(20)",
                       "code: string(20) @sensitive", "approve protect Item.code \"asked for\"",
                       {secret}, {secret}));
  out.push_back(beside("property_is_no_longer_sensitive", "code: string(20) @sensitive",
                       "code: string(20)", "approve expose Item.code \"asked for\"", {secret},
                       {secret}));
  const std::vector<std::string> work = {"INSERT INTO extra (id, word) VALUES ({k}, 'w{n}')",
                                         "UPDATE extra SET word = 'x' WHERE id = {k}",
                                         "DELETE FROM extra WHERE id = {k}"};
  const auto extra = [&](std::string name, const char* before, const char* after,
                         std::string migration) {
    const std::string members = " { key id: int64  word: string(9) }";
    out.push_back(beside(std::move(name), "", "", std::move(migration), {}, {}));
    out.back().before += before + members;
    out.back().after += after + members;
    out.back().old.also = work;
  };
  extra("entity_deprecated", " entity Extra", " entity Extra @deprecated(\"use Item\")", "");
  out.back().fresh.also = work;
  extra("entity_deleted", " entity Extra", " deleted entity Extra",
        "approve drop Extra \"unused\"");
  extra("entity_restored", " deleted entity Extra", " entity Extra", "");
  std::swap(out.back().old.also, out.back().fresh.also);
  out.push_back(beside("view_extended", "", "", "", {}, {}));
  out.back().before += " view Named of Item { id }";
  out.back().after += " view Named of Item { id, name }";
  out.back().old.also = {
      "UPDATE item SET name = name WHERE id IN (SELECT id FROM named WHERE id = 0)"};
  out.back().fresh.also = {
      "UPDATE item SET name = name WHERE id IN (SELECT id FROM named WHERE name = '-')"};
  return out;
}

// What is told apart in the model alone.
Scenario wordsAlone() {
  Scenario s = beside("the_model_alone", "", "", "", {}, {});
  s.before += R"(
enum Level { low, high }
tags Grade on Item single { a, b }
role load_reader
grant read on Item to load_reader
policy low on Item for all using id < 5000
template Some of Item { name = "some" }
template Gone of Item { name = "gone" }
draft entity Plan { key id: int64  title: string(80) }
draft entity Idea { key id: int64 }
schema Mail { host: string = "localhost"  port: int32 = 25 }
schema Less { a: int32 = 1  b: int32 = 1 }
schema Gone { a: int32 = 1 }
namespace /shop uses Mail { config port = 465 }
namespace /more uses Mail { }
namespace /gone uses Mail { }
)";
  s.after = R"(
/// A thing.
entity Item { $
  /// What it is called.
  name: string(40)
}
enum Level { high, low }
tags Grade on Item single { b "Better", a }
/// Who looks.
role load_reader
grant read on Item to load_reader
/// Nobody has so many.
policy low on Item for all using id < 5000
template Some of Item { name = "another" }
template More of Item { name = "more" }
draft entity Plan { key id: int64  title: string(20)  size: int32 }
schema Mail { host: string = "localhost"  port: int64 = 25 }
schema Less { a: int32 = 1 }
schema Look { dark: bool = false }
namespace /shop uses Mail { config port = 466 }
namespace /more uses Mail, Look { }
namespace /new uses Look { }
)";
  return s;
}

}  // namespace

std::vector<Scenario> scenariosOfWords() {
  std::vector<Scenario> out;
  for (auto* some : {names, computed, promises})
    for (auto& scenario : some()) out.push_back(std::move(scenario));
  out.push_back(wordsAlone());
  return out;
}

}  // namespace cambium::testing
