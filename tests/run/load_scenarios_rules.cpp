// More of uniques, checks, exclusions, references, defaults and values that are merged.
#include "tests/run/load.h"

namespace cambium::testing {
namespace {

std::vector<Scenario> uniques() {
  std::vector<Scenario> out;
  const auto add = [&](std::string name, const std::string& before, const std::string& after,
                       std::string migration, std::vector<Field> old, std::vector<Field> fresh) {
    out.push_back(beside(std::move(name), before, after, std::move(migration), std::move(old),
                         std::move(fresh)));
    out.back().old.movesKeys = out.back().fresh.movesKeys = false;
  };
  const std::string columns = "code: string(20)  state: string(9)?  ";
  const Field code{"code", {"'{k}-{n}'"}}, state{"state", {"'s{n}'", "NULL"}};
  add("unique_with_a_condition_added", columns, columns + "unique one (code) where state is null",
      "", {code, state}, {code, state});
  add("unique_of_two_dropped", columns + "unique one (code, name)", columns, "", {code, state},
      {code, state});
  add("unique_whose_condition_is_renamed", columns + "unique one (code) where state is null",
      "code: string(20)  mood: string(9)?  unique one (code) where mood is null",
      "rename Item.state -> mood", {code, state}, {code, {"mood", {"'s{n}'", "NULL"}}});
  return out;
}

std::vector<Scenario> checks() {
  std::vector<Scenario> out;
  const Field amount{"amount", {"{n}"}};
  out.push_back(beside("check_relaxes_under_its_name", "amount: int32  check some: amount < 30",
                       "amount: int32  check some: amount < 90", "", {amount}, {amount}));
  out.back().old.numbers = 30;
  out.push_back(beside("check_tightens_under_its_name", "amount: int32  check some: amount < 99",
                       "amount: int32  check some: amount < 90", "", {amount}, {amount}));

  // No two items have one slot.
  const auto apart = [](const std::string& column, const char* what = "") {
    return column + ": int32  check apart: sql(postgres: \"EXCLUDE USING gist (int4range(" +
           column + ", " + column + ", '[]') WITH &&)" + what + "\") @allow(DDL010, \"tried\")";
  };
  const std::vector<std::string> slots = {"{k}1", "{k}2", "{k}3"};
  const auto excluded = [&](std::string name, const std::string& before, const std::string& after,
                            std::string migration = "", const char* column = "slot") {
    out.push_back(beside(std::move(name), before, after, std::move(migration), {{"slot", slots}},
                         {{column, slots}}));
    out.back().only = "postgres";
    out.back().old.movesKeys = out.back().fresh.movesKeys = false;
  };
  excluded("exclusion_added", "slot: int32", apart("slot"));
  excluded("exclusion_dropped", apart("slot"), "slot: int32");
  excluded("exclusion_changes_under_its_name", apart("slot", " WHERE (slot > 500)"), apart("slot"));
  // A range between two nulls has no bounds: rows where a trigger has not filled the new column yet
  // are to be left out (docs/limits.md).
  excluded("exclusion_follows_a_rename", apart("slot", " WHERE (slot IS NOT NULL)"),
           apart("place", " WHERE (place IS NOT NULL)"), "rename Item.slot -> place", "place");
  return out;
}

std::vector<Scenario> references() {
  std::vector<Scenario> out;
  const std::string shop = " entity Shop { key code: string(8) }";
  const std::vector<std::string> codes = {"'s0'", "'s1'", "NULL"};
  const auto add = [&](std::string name, const std::string& before, const std::string& after) {
    out.push_back(
        beside(std::move(name), before, after, "", {{"shop_code", codes}}, {{"shop_code", codes}}));
    out.back().before += shop;
    out.back().after += shop;
    out.back().setup = {"INSERT INTO shop (code) VALUES ('s0'), ('s1')"};
  };
  add("draft_reference_holds", "shop: ref Shop? @draft", "shop: ref Shop?");
  add("reference_becomes_a_draft", "shop: ref Shop?  payer: ref Shop? @draft",
      "shop: ref Shop? @draft  payer: ref Shop? on delete cascade @draft");
  add("reference_loses_its_index", "shop: ref Shop?", "shop: ref Shop? @noindex");
  add("reference_gets_its_index", "shop: ref Shop? @noindex", "shop: ref Shop?");
  add("entity_that_was_a_draft", "shop: ref Shop?  plan: ref Plan?",
      "shop: ref Shop?  plan: ref Plan?");
  out.back().before += " draft entity Plan { key id: int64 }";
  out.back().after += " entity Plan { key id: int64 }";
  out.back().fresh.also = {"INSERT INTO plan (id) VALUES ({k})", "DELETE FROM plan WHERE id = {k}"};
  // The other side of a reference has no column.
  add("other_side_changes", "shop: ref Shop?  seller: ref Shop?",
      "shop: ref Shop?  seller: ref Shop?");
  for (auto* model : {&out.back().before, &out.back().after})
    model->replace(model->find(shop), shop.size(),
                   model == &out.back().before
                       ? " entity Shop { key code: string(8)  items: many Item inverse shop  sold: "
                         "many Item inverse seller }"
                       : " entity Shop { key code: string(8)  items: many Item inverse seller }");
  return out;
}

std::vector<Scenario> defaults() {
  std::vector<Scenario> out;
  // LCK009: one default for both from the switch on.
  const Field plan{"plan", {"'p{n}'", "|'free'|'basic'"}};
  out.push_back(beside("default_that_is_used_changes", "plan: string(9) = \"free\"",
                       "plan: string(9) = \"basic\"", "", {plan}, {plan}));
  out.push_back(beside("default_of_a_renamed_property", "title: string(20) = \"-\"",
                       "heading: string(20) = \"-\"", "rename Item.title -> heading",
                       {{"title", {"'t{n}'", "|'-'"}}}, {{"heading", {"'t{n}'", "|'-'"}}}));
  return out;
}

std::vector<Scenario> merged() {
  std::vector<Scenario> out;
  // Where the new version writes the value that stays, old rows keep the one they had.
  out.push_back(beside("enum_value_merged", "state: State", "state: State",
                       "rename State.c -> b  approve drop State.c \"the same\"",
                       {{"state", {"'a'", "'b'|'c'", "'c'|'b'"}}},
                       {{"state", {"'a'", "'b'", "'b'"}}}));
  out.back().before += " enum State { a, b, c }";
  out.back().after += " enum State { a, b }";
  out.back().untilSwitch = true;
  // Both versions find the tag until CONTRACT.
  out.push_back(beside("tag_merged", "", "", "rename Grade.c -> b  approve drop Grade.c \"same\"",
                       {{"grade_name", {"'a'", "'b'|'c'", "'c'|'b'"}}},
                       {{"grade_name", {"'a'", "'b'|'c'", "'b'|'c'"}}}));
  out.back().before += " tags Grade on Item single { a, b, c }";
  out.back().after += " tags Grade on Item single { a, b }";
  out.push_back(beside("enum_comes_and_another_goes", "was: Was?", "is_now: Now?",
                       "approve drop Item.was \"unused\"", {own("was", {"'a'", "NULL"})},
                       {own("is_now", {"'x'", "'y'", "NULL"})}));
  out.back().before += " enum Was { a, b }";
  out.back().after += " enum Now { x, y }";
  return out;
}

}  // namespace

std::vector<Scenario> scenariosOfRules() {
  std::vector<Scenario> out;
  for (auto* some : {uniques, checks, references, defaults, merged})
    for (auto& scenario : some()) out.push_back(std::move(scenario));
  return out;
}

}  // namespace cambium::testing
