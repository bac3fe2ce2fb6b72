// What a reference does to its rows by itself, while the other form of it is written, too.
#include "tests/run/load.h"

namespace cambium::testing {

std::vector<Scenario> losses() {
  const std::string shop =
      "entity Chain { key code: string(8) } "
      "entity Shop { key code: string(8)  chain: ref Chain? on delete cascade } ";
  const std::string setup = "INSERT INTO shop (code) VALUES ('s0'), ('s1')";
  const std::string referring = "shop: ref Shop? on delete set null on update cascade";
  const std::vector<std::string> values = {"'s0'", "'s1'", "NULL"};
  const Field name{"name", {"'v{n}'"}};
  const auto item = [&](const std::string& member) {
    return shop + "entity Item { $  name: string(40)  " + member + " }";
  };
  const std::string apart =
      "SELECT count(*) FROM item WHERE id = {k} AND COALESCE(code, '-') <> COALESCE(shop_code, "
      "'-')";
  // The shop goes with its chain, after it was called something else.
  const std::vector<std::string> loses = {
      "INSERT INTO chain (code) VALUES ('c{n}')",
      "INSERT INTO shop (code, chain_code) VALUES ('x{n}', 'c{n}')",
      "UPDATE item SET name = 'v2', shop_code = 'x{n}' WHERE id = {k}",
      "UPDATE shop SET code = 'y{n}' WHERE code = 'x{n}'", "DELETE FROM chain WHERE code = 'c{n}'"};
  std::vector<Scenario> out;
  out.push_back({"reference_becomes_a_value",
                 item(referring),
                 item("code: string(8)?"),
                 "split Item.shop -> code up { code = shop } down { shop = code }",
                 {.fields = {name, {"shop_code", values}}},
                 {.fields = {name, {"code", values}}}});
  out.back().setup = {setup};
  out.back().old.loses = loses;
  out.back().old.lost = 2;
  out.back().old.apart = apart;
  out.push_back({"value_becomes_a_reference_that_loses",
                 item("code: string(8)?"),
                 item(referring),
                 "split Item.code -> shop up { shop = code } down { code = shop }",
                 {.fields = {name, {"code", values}}},
                 {.fields = {name, {"shop_code", values}}}});
  out.back().setup = {setup};
  out.back().fresh.loses = loses;
  out.back().fresh.lost = 2;
  out.back().fresh.apart = apart;
  return out;
}

}  // namespace cambium::testing
