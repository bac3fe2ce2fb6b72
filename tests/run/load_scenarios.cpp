// Each kind of change, and how applications of the two versions write a row.
#include <algorithm>

#include "tests/run/load.h"

namespace cambium::testing {
namespace {

// A column that both versions have as it is.
const Field kName{"name", {"'v{n}'"}};

}  // namespace

Field own(std::string column, std::vector<std::string> values, std::string otherwise) {
  return {std::move(column), std::move(values), true, std::move(otherwise)};
}

Field onlyRead(std::string column, std::vector<std::string> values) {
  Field out{column, std::move(values)};
  out.shows = std::move(column);
  return out;
}

std::string item(const std::string& members) {
  return "entity Item { $  name: string(40)  " + members + " }";
}

Scenario beside(std::string name, const std::string& before, const std::string& after,
                std::string migration, std::vector<Field> old, std::vector<Field> fresh) {
  Scenario s{std::move(name), item(before), item(after), std::move(migration), {}, {}};
  s.old.fields = {kName};
  s.fresh.fields = {kName};
  s.old.fields.insert(s.old.fields.end(), old.begin(), old.end());
  s.fresh.fields.insert(s.fresh.fields.end(), fresh.begin(), fresh.end());
  return s;
}

namespace {

std::vector<Scenario> properties() {
  std::vector<Scenario> out;
  out.push_back(
      beside("property_added", "", "note: string(20)?", "", {}, {own("note", {"'n{n}'", "NULL"})}));
  out.push_back(beside("property_added_with_default", "", "pieces: int32 = 9", "", {},
                       {own("pieces", {"{n}"}, "9")}));
  out.push_back(beside("property_added_and_filled", "", "note: string(20)",
                       "fill Item.note = \"filled\"", {}, {own("note", {"'n{n}'"}, "'filled'")}));
  out.back().byHand = {"UPDATE item SET note = NULL"};
  out.push_back(beside("property_dropped", "legacy: string(20)?", "",
                       "approve drop Item.legacy \"unused\"", {own("legacy", {"'l{n}'", "NULL"})},
                       {}));
  // LCK008 says that old applications may find it empty.
  out.push_back(beside("required_property_dropped", "legacy: string(20)", "",
                       "approve drop Item.legacy \"unused\"", {own("legacy", {"'l{n}'"})}, {}));
  out.back().fit = {"UPDATE item SET legacy = 'l0' WHERE legacy IS NULL"};
  out.push_back(beside("property_renamed", "title: string(20)", "heading: string(20)",
                       "rename Item.title -> heading", {{"title", {"'t{n}'"}}},
                       {{"heading", {"'t{n}'"}}}));
  out.push_back(beside("optional_property_renamed", "title: string(20)?", "heading: string(20)?",
                       "rename Item.title -> heading", {{"title", {"'t{n}'", "NULL"}}},
                       {{"heading", {"'t{n}'", "NULL"}}}));
  // What new applications write may be what an empty one becomes, or nothing at all.
  out.push_back(beside("property_renamed_with_a_default", "title: string(20)",
                       "heading: string(20) = \"x\"", "rename Item.title -> heading",
                       {{"title", {"'t{n}'", "'x'", "'x'"}}},
                       {{"heading", {"'t{n}'", "'x'", "|'x'"}}}));
  out.push_back(beside("two_names_swapped", "a: string(20)  b: string(20)",
                       "a: string(20)  b: string(20)", "rename Item.a -> b  rename Item.b -> a",
                       {{"a", {"'a{n}'"}}, {"b", {"'b{n}'"}}},
                       {{"a", {"'b{n}'"}}, {"b", {"'a{n}'"}}}));
  out.back().untilSwitch = true;
  out.push_back(beside("property_converted", "amount: int64", "total: string(30)",
                       "rename Item.amount -> total  convert Item.amount up to_string(amount) "
                       "down to_int64(total)",
                       {{"amount", {"{n}"}}}, {{"total", {"'{n}'"}}}));
  out.push_back(beside("property_converted_under_its_name", "amount: int64", "amount: string(30)",
                       "convert Item.amount up concat(\"C-\", to_string(amount)) down "
                       "to_int64(substring(amount, 3, 20))",
                       {{"amount", {"{n}"}}}, {{"amount", {"'C-{n}'"}}}));
  out.back().untilSwitch = true;
  out.push_back(beside("property_split", "whole: string(60)", "first: string(30)  last: string(30)",
                       "split Item.whole -> first, last up { first = split_part(whole, \" \", 1), "
                       "last = split_part(whole, \" \", 2) } down { whole = concat(first, \" \", "
                       "last) }",
                       {{"whole", {"'A{n} B{n}'", "'A C{n}'"}}},
                       {{"first", {"'A{n}'", "'A'"}}, {"last", {"'B{n}'", "'C{n}'"}}}));
  out.push_back(beside("properties_merged", "street: string(30)  number: string(9)",
                       "address: string(60)",
                       "merge Item.street, number -> address up { address = concat(street, \" \", "
                       "number) } down { street = split_part(address, \" \", 1), number = "
                       "split_part(address, \" \", 2) }",
                       {{"street", {"'A{n}'", "'A'"}}, {"number", {"'{n}'"}}},
                       {{"address", {"'A{n} {n}'", "'A {n}'"}}}));
  // Old applications read back what was filled in, instead of NULL.
  out.push_back(beside("property_becomes_required", "nick: string(20)?", "nick: string(20)",
                       "fill Item.nick = \"nobody\"", {{"nick", {"'k{n}'", "NULL|'nobody'"}}},
                       {{"nick", {"'k{n}'", "'nobody'"}}}));
  out.push_back(beside("property_becomes_optional", "nick: string(20)", "nick: string(20)?", "",
                       {{"nick", {"'k{n}'", "'k{n}'", "NULL"}}},
                       {{"nick", {"'k{n}'", "'k{n}'", "NULL"}}}));
  out.back().old.numbers = 2;
  // Wider values wait for CONTRACT on servers (docs/limits.md).
  out.push_back(beside("types_widened", "code: string(8)  count: int16  price: decimal(8, 2)",
                       "code: string(12)  count: int64  price: decimal(10, 2)", "",
                       {{"code", {"'c{n}'"}}, {"count", {"{n}"}}, {"price", {"{n}.25"}}},
                       {{"code", {"'c{n}'"}}, {"count", {"{n}"}}, {"price", {"{n}.25"}}}));
  out.push_back(beside(
      "types_narrowed", "code: string(40)  count: int64", "code: string(8)  count: int32",
      "approve narrow Item.code \"short\"  approve narrow Item.count \"small\"",
      {{"code", {"'c{n}'"}}, {"count", {"{n}"}}}, {{"code", {"'c{n}'"}}, {"count", {"{n}"}}}));
  // LCK009: one default for both from the switch on. Applications that give the value do not meet
  // it.
  out.push_back(beside("default_changed", "plan: string(9) = \"free\"",
                       "plan: string(9) = \"basic\"", "", {{"plan", {"'p{n}'"}}},
                       {{"plan", {"'p{n}'"}}}));
  out.push_back(beside("computed_added", "amount: int32",
                       "amount: int32  twice: int64 = amount * 2 computed stored", "",
                       {{"amount", {"{n}"}}}, {{"amount", {"{n}"}}}));
  out.push_back(beside("computed_changed", "amount: int32  more: int64 = amount + 1 computed",
                       "amount: int32  more: int64 = amount + 2 computed", "",
                       {{"amount", {"{n}"}}}, {{"amount", {"{n}"}}}));
  return out;
}

std::vector<Scenario> rules() {
  std::vector<Scenario> out;
  out.push_back(beside("unique_added", "code: string(20)", "code: string(20) @unique", "",
                       {{"code", {"'{k}-{n}'"}}}, {{"code", {"'{k}-{n}'"}}}));
  out.back().old.movesKeys = out.back().fresh.movesKeys = false;
  // LCK009: an upsert by the unique fails; one by the key does not.
  out.push_back(beside("unique_dropped", "code: string(20) @unique", "code: string(20)", "",
                       {{"code", {"'{k}-{n}'"}}}, {{"code", {"'{k}-{n}'"}}}));
  out.back().old.movesKeys = out.back().fresh.movesKeys = false;
  out.push_back(beside("unique_follows_a_rename", "code: string(20) @unique",
                       "number: string(20) @unique", "rename Item.code -> number",
                       {{"code", {"'{k}-{n}'"}}}, {{"number", {"'{k}-{n}'"}}}));
  out.back().old.movesKeys = out.back().fresh.movesKeys = false;
  out.push_back(beside("index_added_and_dropped", "a: int32  b: int32  index by_a (a)",
                       "a: int32  b: int32  index by_b (b)", "", {{"a", {"{n}"}}, {"b", {"{n}"}}},
                       {{"a", {"{n}"}}, {"b", {"{n}"}}}));
  out.push_back(beside("check_added", "amount: int32", "amount: int32  check some: amount < 100",
                       "", {{"amount", {"{n}"}}}, {{"amount", {"{n}"}}}));
  out.push_back(beside("check_dropped", "amount: int32  check some: amount < 30", "amount: int32",
                       "", {{"amount", {"{n}"}}}, {{"amount", {"{n}"}}}));
  out.back().old.numbers = 30;
  out.push_back(beside("refinement_tightened", "amount: int32",
                       "amount: int32 where value between 0 and 99", "", {{"amount", {"{n}"}}},
                       {{"amount", {"{n}"}}}));
  out.push_back(beside("refinement_relaxed", "amount: int32 where value < 30",
                       "amount: int32 where value < 90", "", {{"amount", {"{n}"}}},
                       {{"amount", {"{n}"}}}));
  out.back().old.numbers = 30;
  out.push_back(beside("check_over_renamed", "low: int32  high: int32  check sane: low <= high",
                       "least: int32  most: int32  check sane: least <= most",
                       "rename Item.low -> least  rename Item.high -> most",
                       {{"low", {"{n}"}}, {"high", {"1{n}"}}},
                       {{"least", {"{n}"}}, {"most", {"1{n}"}}}));
  return out;
}

std::vector<Scenario> references() {
  const std::string shop = "entity Shop { key code: string(8) } ";
  const std::string shops = "INSERT INTO shop (code) VALUES ('s0'), ('s1'), ('s2')";
  const std::vector<std::string> one = {"'s0'", "'s1'", "'s2'"};
  const std::vector<std::string> oneOrNone = {"'s0'", "'s1'", "NULL"};
  std::vector<Scenario> out;
  const auto add = [&](std::string name, const std::string& before, const std::string& after,
                       std::string migration, std::vector<Field> old, std::vector<Field> fresh) {
    out.push_back(beside(std::move(name), before, after, std::move(migration), std::move(old),
                         std::move(fresh)));
    out.back().before += shop;
    out.back().after += shop;
    out.back().setup = {shops};
  };
  add("reference_added", "", "shop: ref Shop?", "", {}, {own("shop_code", oneOrNone)});
  add("required_reference_added", "", "shop: ref Shop", "fill Item.shop = \"s0\"", {},
      {own("shop_code", one, "'s0'")});
  out.back().byHand = {"UPDATE item SET shop_code = NULL"};
  add("reference_dropped", "shop: ref Shop?", "", "approve drop Item.shop \"unused\"",
      {own("shop_code", oneOrNone)}, {});
  add("reference_renamed", "shop: ref Shop", "market: ref Shop", "rename Item.shop -> market",
      {{"shop_code", one}}, {{"market_code", one}});
  const auto elsewhere = [&](std::string name, const std::string& before, const std::string& after,
                             const std::string& migration, Field old, Field fresh) {
    add(std::move(name), before, after, migration, {std::move(old)}, {std::move(fresh)});
    const std::string market = "entity Market { key code: string(8) } ";
    out.back().before += market;
    out.back().after += market;
    out.back().setup.emplace_back("INSERT INTO market (code) VALUES ('s0'), ('s1'), ('s2')");
  };
  elsewhere("reference_leads_elsewhere", "shop: ref Shop", "market: ref Market",
            "rename Item.shop -> market  convert Item.shop up shop down market", {"shop_code", one},
            {"market_code", one});
  elsewhere("reference_leads_elsewhere_under_its_name", "shop: ref Shop? on delete cascade",
            "shop: ref Market? on delete set null", "convert Item.shop up shop down shop",
            {"shop_code", oneOrNone}, {"shop_code", oneOrNone});
  out.back().untilSwitch = true;
  add("value_becomes_a_reference", "code: string(8)?", "shop: ref Shop?",
      "split Item.code -> shop up { shop = code } down { code = shop }", {{"code", oneOrNone}},
      {{"shop_code", oneOrNone}});
  // LCK009: what it does on delete is so for both; nobody deletes a shop here.
  add("on_delete_changes", "shop: ref Shop? on delete cascade",
      "shop: ref Shop? on delete set null", "", {{"shop_code", oneOrNone}},
      {{"shop_code", oneOrNone}});
  const auto by = [&](std::string name, const std::string& before, const std::string& after,
                      Field old, Field fresh) {
    out.push_back(beside(std::move(name), "shop: ref Shop?", "shop: ref Shop?", "",
                         {std::move(old)}, {std::move(fresh)}));
    out.back().before += " entity Shop { " + before + " }";
    out.back().after += " entity Shop { " + after + " }";
    out.back().setup = {"INSERT INTO shop (no, code) VALUES (7, 's0'), (8, 's1'), (9, 's2')"};
  };
  by("reference_by_another_key", "key code: string(8)  no: int32 @unique",
     "key no: int32  code: string(8) @unique", {"shop_code", {"'s0'", "'s1'", "'s2'", "NULL"}},
     {"shop_no", {"7", "8", "9", "NULL"}});
  // Nobody can tell the key before it is made up; shops come and go all the while.
  Field madeUp{"shop_uid", {"7", "8", "9", "NULL"}};
  madeUp.shows = "(SELECT no FROM shop WHERE uid = shop_uid)";
  madeUp.writes = {
      "UPDATE item SET shop_uid = (SELECT uid FROM shop WHERE no = {v}) WHERE id = {k}"};
  by("reference_by_a_new_key", "key no: int32  code: string(8)",
     "key uid: uuid = uuid()  no: int32 @unique  code: string(8)",
     {"shop_no", {"7", "8", "9", "NULL"}}, std::move(madeUp));
  out.back().contests = false;
  out.back().copiesTarget = true;
  out.back().old.also =
      out.back().fresh.also = {"DELETE FROM shop WHERE no = {k} + 100",
                               "INSERT INTO shop (no, code) VALUES ({k} + 100, 'more')"};
  by("reference_to_a_key_that_grows", "key no: int16  code: string(8)",
     "key no: int64  code: string(8)", {"shop_no", {"7", "8", "9", "NULL"}},
     {"shop_no", {"7", "8", "9", "NULL"}});
  add("many_to_many_added", "", "shops: many Shop", "", {}, {});
  out.back().fresh.also = {"DELETE FROM item_shops WHERE shop_code = 'x'"};
  add("many_to_many_renamed", "shops: many Shop", "markets: many Shop",
      "rename Item.shops -> markets", {}, {});
  out.back().old.also = {"DELETE FROM item_shops WHERE shop_code = 'x'"};
  out.back().fresh.also = {"DELETE FROM item_markets WHERE shop_code = 'x'"};
  add("many_to_many_dropped", "shops: many Shop", "", "approve drop Item.shops \"unused\"", {}, {});
  out.back().old.also = {"DELETE FROM item_shops WHERE shop_code = 'x'"};
  return out;
}

std::vector<Scenario> wholes() {
  std::vector<Scenario> out;
  const Field title{"title", {"'t{n}'"}};
  out.push_back({"entity_renamed",
                 item("title: string(20)"),
                 "entity Thing { $  name: string(40)  title: string(20) }",
                 "rename Item -> Thing",
                 {.fields = {kName, title}},
                 {.table = "thing", .fields = {kName, title}, .noUpsert = "sqlite"}});
  out.push_back(
      {"entity_and_property_renamed",
       item("title: string(20)"),
       "entity Thing { $  name: string(40)  heading: string(20) }",
       "rename Item -> Thing  rename Item.title -> heading",
       {.fields = {kName, title}},
       {.table = "thing", .fields = {kName, {"heading", {"'t{n}'"}}}, .noUpsert = "sqlite"}});
  const std::string owner = "owner: ref Owner? on delete cascade";
  out.push_back({"key_renamed",
                 item(""),
                 "entity Item { key number: int64  " + owner + "  name: string(40) }",
                 "rename Item.id -> number",
                 {.fields = {kName}},
                 {.key = "number", .fields = {kName}}});
  out.push_back(
      {"another_key",
       item("code: string(9) @unique"),
       "entity Item { key code: string(9)  id: int64 @unique  " + owner + "  name: string(40) }",
       "",
       {.fields = {kName, {"code", {"'k{k}'"}}}, .movesKeys = false},
       {.key = "code",
        .keyValue = "'k{k}'",
        .fields = {kName, {"id", {"{k}"}}},
        .movesKeys = false}});
  out.back().joined = false;
  out.push_back({"key_grows",
                 "entity Item { key id: int32  " + owner + "  name: string(40) }",
                 "entity Item { key id: int64  " + owner + "  name: string(40) }",
                 "",
                 {.fields = {kName}},
                 {.fields = {kName}}});
  Scenario added = beside("entity_added", "", "", "", {}, {});
  added.after += " entity Extra { key id: int64  item: ref Item? on delete set null }";
  added.fresh.also = {"INSERT INTO extra (id) VALUES ({k})", "UPDATE extra SET item_id = NULL",
                      "DELETE FROM extra WHERE id = {k}"};
  out.push_back(added);
  Scenario dropped = beside("entity_dropped", "", "", "approve drop Extra \"unused\"", {}, {});
  dropped.before += " entity Extra { key id: int64  word: string(9) }";
  dropped.old.also = {"INSERT INTO extra (id, word) VALUES ({k}, 'w{n}')",
                      "UPDATE extra SET word = 'x' WHERE id = {k}",
                      "DELETE FROM extra WHERE id = {k}"};
  out.push_back(dropped);
  Scenario shown = beside("view_added", "", "", "", {}, {});
  shown.after += " view Named of Item where name != \"v1\" { id, name }";
  shown.fresh.also = {
      "UPDATE item SET name = name WHERE id IN (SELECT id FROM named WHERE id = 0)"};
  out.push_back(shown);
  // LCK009: a view under one name has the new form for both.
  Scenario other = beside("view_changes", "", "", "", {}, {});
  other.before += " view Named of Item where name != \"v1\" { id, name }";
  other.after += " view Named of Item where name != \"v2\" { id, name }";
  other.old.also = other.fresh.also = shown.fresh.also;
  out.push_back(other);
  Scenario gone = beside("view_dropped", "", "", "", {}, {});
  gone.before += " view Named of Item where name != \"v1\" { id, name }";
  gone.old.also = shown.fresh.also;
  out.push_back(gone);
  Scenario over = beside("view_over_a_renamed_property", "title: string(20)", "heading: string(20)",
                         "rename Item.title -> heading", {title}, {{"heading", {"'t{n}'"}}});
  over.before += " view Named of Item { id, title }";
  over.after += " view Named of Item { id, heading as title }";
  over.old.also = over.fresh.also = shown.fresh.also;
  out.push_back(over);
  out.push_back(beside("words_only", "note: string(9)?", "/// A word.\n note: string(9)?", "",
                       {{"note", {"'n'"}}}, {{"note", {"'n'"}}}));
  return out;
}

std::vector<Scenario> values() {
  std::vector<Scenario> out;
  const auto add = [&](std::string name, const std::string& before, const std::string& after,
                       std::string migration, const std::string& column,
                       std::vector<std::string> old, std::vector<std::string> fresh) {
    out.push_back(beside(std::move(name), "", "", std::move(migration), {{column, std::move(old)}},
                         {{column, std::move(fresh)}}));
    out.back().before = before;
    out.back().after = after;
  };
  const std::string state = " entity Item { $  name: string(40)  state: State }";
  const std::vector<std::string> abc = {"'a'", "'b'", "'c'"}, ab = {"'a'", "'b'"};
  add("enum_value_added", "enum State { a, b }" + state, "enum State { a, b, c }" + state, "",
      "state", abc, abc);
  out.back().old.numbers = 2;
  add("enum_value_dropped", "enum State { a, b, c }" + state, "enum State { a, b }" + state,
      "approve drop State.c \"unused\"", "state", ab, ab);
  add("enum_value_renamed", "enum State { a, b }" + state, "enum State { a, z }" + state,
      "rename State.b -> z", "state", ab, {"'a'", "'z'"});
  out.back().untilSwitch = true;
  add("enum_renamed", "enum State { a, b }" + state,
      "enum Status { a, b } entity Item { $  name: string(40)  state: Status }",
      "rename State -> Status", "state", ab, ab);

  const std::string plain = item(""), tag = "grade_name";
  const std::string tags = " tags Grade on Item single ";
  add("tag_added", plain + tags + "{ a, b }", plain + tags + "{ a, b, c }", "", tag, abc, abc);
  out.back().old.numbers = 2;
  add("tag_dropped", plain + tags + "{ a, b, c }", plain + tags + "{ a, b }",
      "approve drop Grade.c \"unused\"", tag, ab, ab);
  add("tag_renamed", plain + tags + "{ a, b }", plain + tags + "{ a, z }", "rename Grade.b -> z",
      tag, ab, {"'a'", "'z'"});
  out.back().untilSwitch = true;
  add("tag_group_renamed", plain + tags + "{ a, b }", plain + " tags Level on Item single { a, b }",
      "rename Grade -> Level", tag, ab, ab);
  out.back().fresh.fields.back().column = "level_name";
  out.push_back(beside("tag_group_added", "", "", "", {}, {own(tag, {"'a'", "'b'", "NULL"})}));
  out.back().after += tags + "{ a, b }";
  out.push_back(beside("tag_group_dropped", "", "", "approve drop Grade \"unused\"",
                       {own(tag, {"'a'", "'b'", "NULL"})}, {}));
  out.back().before += tags + "{ a, b }";

  const auto place = [](const char* folder, const char* shelf) {
    return std::string("entity Folder ") + folder + " { key id: int64 } entity Shelf " + shelf +
           " { key id: int64 } " + item("");
  };
  const std::vector<std::string> places = {"1", "2", "NULL"};
  out.push_back(beside("containment_extended", "", "", "", {{"parent_folder_id", places}},
                       {{"parent_folder_id", {"1", "2", "NULL"}}}));
  out.back().before = place("contains Item", "");
  out.back().after = place("contains Item", "contains Item");
  out.back().setup = {"INSERT INTO folder (id) VALUES (1), (2)"};
  out.push_back(beside("containment_restricted", "", "",
                       "approve drop Item.parent_folder \"all on shelves\"",
                       {own("parent_folder_id", places)}, {own("parent_shelf_id", places)}));
  out.back().before = place("contains Item", "");
  out.back().after = place("", "contains Item");
  out.back().setup = {"INSERT INTO folder (id) VALUES (1), (2)",
                      "INSERT INTO shelf (id) VALUES (1), (2)"};
  return out;
}

// Those of the others that names, types and forms make hard.
constexpr const char* kThroughFaces[] = {"property_added_with_default",
                                         "property_dropped",
                                         "required_property_dropped",
                                         "property_renamed",
                                         "optional_property_renamed",
                                         "property_renamed_with_a_default",
                                         "two_names_swapped",
                                         "property_converted",
                                         "property_converted_under_its_name",
                                         "property_split",
                                         "properties_merged",
                                         "property_becomes_required",
                                         "default_changed",
                                         "unique_follows_a_rename",
                                         "reference_renamed",
                                         "value_becomes_a_reference",
                                         "reference_by_another_key",
                                         "entity_renamed",
                                         "entity_and_property_renamed",
                                         "key_renamed",
                                         "another_key",
                                         "enum_value_renamed"};

// Values that an insert gets because it gives none.
std::vector<Scenario> defaults() {
  std::vector<Scenario> out;
  // A view of MariaDB has none of its own.
  out.push_back(beside("default_of_a_renamed_property", "title: string(20)? = \"untitled\"",
                       "heading: string(20)? = \"none\"", "rename Item.title -> heading",
                       {{"title", {"'t{n}'", "'untitled'", "'none'"}}},
                       {{"heading", {"'t{n}'", "'untitled'", "'none'"}}}));
  out.back().old.fields.back().byDefault = "'untitled'";
  out.back().fresh.fields.back().byDefault = "'none'";
  out.back().exceptOn = "mariadb";
  out.push_back(beside("default_that_the_new_version_lacks", "title: string(20)? = \"untitled\"",
                       "heading: string(20)?", "rename Item.title -> heading",
                       {{"title", {"'t{n}'", "'untitled'", "NULL"}}},
                       {{"heading", {"'t{n}'", "'untitled'", "NULL"}}}));
  out.back().old.fields.back().byDefault = "'untitled'";
  // For SQLite it says NULL who leaves it out.
  out.back().old.numbers = 2;
  out.back().exceptOn = "mariadb";
  return out;
}

}  // namespace

const std::vector<Scenario>& faceScenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> out = defaults();
    for (const char* name : kThroughFaces)
      out.push_back(*std::ranges::find(scenarios(), name, &Scenario::name));
    return out;
  }();
  return all;
}

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> all = [] {
    std::vector<Scenario> out;
    for (auto* some : {properties, rules, references, wholes, values, scenariosOfRules,
                       scenariosOfParts, scenariosOfWords, scenariosOfAccess, losses})
      for (auto& scenario : some()) out.push_back(std::move(scenario));
    return out;
  }();
  return all;
}

std::vector<OnEngine> scenariosOnEngines() {
  std::vector<OnEngine> out;
  for (const char* engine : {"sqlite", "postgres", "mariadb"})
    for (size_t i = 0; i < scenarios().size(); ++i) {
      const Scenario& s = scenarios()[i];
      if (s.only.empty() || s.only.find(engine) != std::string::npos) out.emplace_back(i, engine);
    }
  return out;
}

std::string nameOf(const OnEngine& one) {
  return scenarios()[std::get<0>(one)].name + "_" + std::get<1>(one);
}

}  // namespace cambium::testing
