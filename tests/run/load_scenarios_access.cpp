// Applications that log in as roles, and may do what the model grants them: PostgreSQL alone
// enforces it.
#include "tests/run/load.h"

namespace cambium::testing {
namespace {

constexpr const char* kRole = "load_clerk";

// Whoever has the role does what applications do here.
std::string granted(const std::string& role, const std::string& entity = "Item") {
  return " role " + role + " grant all on " + entity + " to " + role + " grant all on Owner to " +
         role + " ";
}

// `before` and `after` are declarations beside the entity.
Scenario access(std::string name, const std::string& before, const std::string& after) {
  Scenario s = beside(std::move(name), "", "", "", {}, {});
  s.before += before;
  s.after += after;
  s.old.role = s.fresh.role = kRole;
  return s;
}

std::vector<Scenario> grants() {
  std::vector<Scenario> out;
  out.push_back(access("role_added", granted(kRole), granted(kRole) + granted("load_helper")));
  out.back().fresh.role = "load_helper";
  out.push_back(access("role_dropped", granted(kRole) + granted("load_leaver"), granted(kRole)));
  out.back().old.role = "load_leaver";
  out.push_back(access("role_renamed", granted(kRole), granted("load_teller")));
  out.back().migration = "rename load_clerk -> load_teller";
  out.back().fresh.role = "load_teller";
  const std::string all = granted(kRole);
  const std::string few =
      " role load_clerk grant all on Item except note to load_clerk "
      "grant all on Owner to load_clerk ";
  const Field note = own("note", {"'n{n}'", "NULL"});
  const auto noted = [&](std::string name, const std::string& before, const std::string& after) {
    out.push_back(access(std::move(name), "", ""));
    out.back().before = item("note: string(9)?") + before;
    out.back().after = item("note: string(9)?") + after;
  };
  noted("grant_gives_more", few, all);
  out.back().fresh.fields.push_back(note);
  noted("grant_gives_less", all, few);
  out.back().old.fields.push_back(note);
  // The role has some of the columns; one of them gets another name.
  out.push_back(access("granted_property_renamed", "", ""));
  out.back().before = item("title: string(20)  note: string(9)?") + few;
  out.back().after = item("heading: string(20)  note: string(9)?") + few;
  out.back().migration = "rename Item.title -> heading";
  out.back().old.fields.push_back({"title", {"'t{n}'"}});
  out.back().fresh.fields.push_back({"heading", {"'t{n}'"}});
  out.push_back(access("granted_entity_renamed", all, ""));
  out.back().after = "entity Thing { $  name: string(40) }" + granted(kRole, "Thing");
  out.back().migration = "rename Item -> Thing";
  out.back().fresh.table = "thing";
  const std::string extra = " entity Extra { key id: int64  word: string(9)? } ";
  const std::string may = " grant all on Extra to load_clerk ";
  const std::vector<std::string> does = {"INSERT INTO extra (id, word) VALUES ({k}, 'w{n}')",
                                         "UPDATE extra SET word = NULL WHERE id = {k}",
                                         "DELETE FROM extra WHERE id = {k}"};
  out.push_back(access("granted_entity_added", all, extra + all + may));
  out.back().fresh.also = does;
  out.push_back(access("grant_added", extra + all, extra + all + may));
  out.back().fresh.also = does;
  out.push_back(access("grant_dropped", extra + all + may, extra + all));
  out.back().old.also = does;
  return out;
}

std::vector<Scenario> policies() {
  std::vector<Scenario> out;
  const auto add = [&](std::string name, const std::string& before, const std::string& after) {
    out.push_back(access(std::move(name), granted(kRole) + before, granted(kRole) + after));
  };
  const std::string low = "policy low on Item for all using id < 5000";
  add("policy_added", "", low);
  add("policy_changes", low, "policy low on Item for all using id < 6000 and id > 0");
  add("policy_dropped", low, "");
  add("policy_renamed", low, "policy lower on Item for all using id < 5000");
  out.back().migration = "rename Item.low -> lower";
  add("one_of_two_policies_dropped",
      low + " policy named on Item for read, insert to load_clerk using name != \"-\"", low);
  // The rows that the policy shows are those that either form shows.
  add("policy_over_a_renamed_property", "", "");
  out.back().before = item("title: string(20)") + granted(kRole) +
                      "policy told on Item for all using title != \"-\"";
  out.back().after = item("heading: string(20)") + granted(kRole) +
                     "policy told on Item for all using heading != \"-\"";
  out.back().migration = "rename Item.title -> heading";
  out.back().old.fields.push_back({"title", {"'t{n}'"}});
  out.back().fresh.fields.push_back({"heading", {"'t{n}'"}});
  // What the policy looks at in another table gets another name, and so does the way there.
  add("policy_through_a_renamed_reference", "", "");
  out.back().before = item("shop: ref Shop") + granted(kRole) +
                      "entity Shop { key code: string(8)  state: string(9) } grant read on Shop "
                      "to load_clerk policy open on Item for all using shop.state == \"open\"";
  out.back().after = item("market: ref Shop") + granted(kRole) +
                     "entity Shop { key code: string(8)  mood: string(9) } grant read on Shop "
                     "to load_clerk policy open on Item for all using market.mood == \"open\"";
  out.back().migration = "rename Item.shop -> market  rename Shop.state -> mood";
  out.back().setup = {"INSERT INTO shop (code, state) VALUES ('s0', 'open'), ('s1', 'open')"};
  out.back().old.fields.push_back({"shop_code", {"'s0'", "'s1'"}});
  out.back().fresh.fields.push_back({"market_code", {"'s0'", "'s1'"}});
  return out;
}

}  // namespace

std::vector<Scenario> scenariosOfAccess() {
  std::vector<Scenario> out = grants();
  for (auto& scenario : policies()) out.push_back(std::move(scenario));
  for (auto& scenario : out) scenario.only = "postgres";
  return out;
}

}  // namespace cambium::testing
