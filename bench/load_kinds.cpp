#include "bench/load_kinds.h"

namespace cambium::bench {
namespace {

const std::string kText = "T";

std::vector<LoadKind> ofProperties() {
  std::vector<LoadKind> out;
  out.push_back({.name = "required property",
                 .before = "",
                 .after = "note: string(20)",
                 .migration = "fill Item.note = \"filled\"",
                 .fresh = {.set = "note = 'n{n}'"}});
  out.push_back({.name = "renamed",
                 .before = "title: string(40)",
                 .after = "heading: string(40)",
                 .migration = "rename Item.title -> heading",
                 .columns = {{"title", kText}},
                 .old = {.set = "title = 't{n}'"},
                 .fresh = {.set = "heading = 't{n}'"}});
  out.push_back({.name = "converted",
                 .before = "amount: int64",
                 .after = "total: string(30)",
                 .migration = "rename Item.amount -> total  convert Item.amount up "
                              "to_string(amount) down to_int64(total)",
                 .columns = {{"amount", "n"}},
                 .old = {.set = "amount = {n}"},
                 .fresh = {.set = "total = '{n}'"}});
  out.push_back({.name = "grows",
                 .before = "amount: int32",
                 .after = "amount: int64",
                 .columns = {{"amount", "n"}},
                 .old = {.set = "amount = {n}"},
                 .fresh = {.set = "amount = {n}"}});
  out.push_back({.name = "becomes required",
                 .before = "note: string(20)?",
                 .after = "note: string(20)",
                 .migration = "fill Item.note = \"filled\"",
                 .old = {.set = "note = 'n{n}'"},
                 .fresh = {.set = "note = 'n{n}'"}});
  out.push_back({.name = "split",
                 .before = "whole: string(60)",
                 .after = "first: string(30)  last: string(30)",
                 .migration = "split Item.whole -> first, last up { first = split_part(whole, \" "
                              "\", 1), last = split_part(whole, \" \", 2) } down { whole = "
                              "concat(first, \" \", last) }",
                 .columns = {{"whole", "'some one'"}},
                 .old = {.set = "whole = 'a{n} b{n}'"},
                 .fresh = {.set = "first = 'a{n}', last = 'b{n}'"}});
  out.push_back({.name = "merge",
                 .before = "street: string(30)  number: string(9)",
                 .after = "address: string(60)",
                 .migration = "merge Item.street, number -> address up { address = concat(street, "
                              "\" \", number) } down { street = split_part(address, \" \", 1), "
                              "number = split_part(address, \" \", 2) }",
                 .columns = {{"street", "'street'"}, {"number", "'7'"}},
                 .old = {.set = "street = 's{n}', number = '{n}'"},
                 .fresh = {.set = "address = 's{n} {n}'"}});
  out.push_back({.name = "stored computed",
                 .before = "amount: int64",
                 .after = "amount: int64  twice: int64 = amount * 2 computed stored",
                 .columns = {{"amount", "n"}},
                 .old = {.set = "amount = {n}"},
                 .fresh = {.set = "amount = {n}"}});
  out.push_back({.name = "dropped",
                 .before = "legacy: string(40)?",
                 .after = "",
                 .migration = "approve drop Item.legacy \"unused\"",
                 .columns = {{"legacy", kText}},
                 .old = {.set = "legacy = 'l{n}'"}});
  out.push_back({.name = "enum value",
                 .before = "state: State",
                 .after = "state: State",
                 .besideBefore = "enum State { a, b }",
                 .besideAfter = "enum State { a, b, c }",
                 .columns = {{"state", "CASE WHEN n % 2 = 0 THEN 'a' ELSE 'b' END"}},
                 .old = {.set = "state = 'b'"},
                 .fresh = {.set = "state = 'c'"}});
  return out;
}

std::vector<LoadKind> ofRules() {
  std::vector<LoadKind> out;
  out.push_back({.name = "index",
                 .before = "code: string(20)",
                 .after = "code: string(20)  index (code)",
                 .columns = {{"code", kText}},
                 .old = {.set = "code = 'c{n}'"},
                 .fresh = {.set = "code = 'c{n}'"}});
  out.push_back({.name = "unique",
                 .before = "code: string(20)",
                 .after = "code: string(20) @unique",
                 .columns = {{"code", kText}}});
  out.push_back({.name = "unique with a condition",
                 .before = "code: string(20)  gone: date?",
                 .after = "code: string(20)  gone: date?  unique one (code) where gone is null",
                 .columns = {{"code", kText}}});
  out.push_back({.name = "check",
                 .before = "amount: int64",
                 .after = "amount: int64  check some: amount >= 0",
                 .columns = {{"amount", "n"}},
                 .old = {.set = "amount = {n}"},
                 .fresh = {.set = "amount = {n}"}});
  out.push_back({.name = "another key",
                 .before = "key id: int64  code: string(20) @unique",
                 .after = "key code: string(20)  id: int64 @unique",
                 .columns = {{"code", kText}}});
  return out;
}

std::vector<LoadKind> ofTables() {
  std::vector<LoadKind> out;
  const std::string shop = "entity Shop { key code: string(9) }";
  std::string shops = "INSERT INTO shop (code) VALUES ('s0')";
  for (char digit = '1'; digit <= '9'; ++digit) shops += std::string(", ('s") + digit + "')";
  out.push_back({.name = "reference",
                 .before = "",
                 .after = "shop: ref Shop",
                 .migration = "fill Item.shop = \"s0\"",
                 .besideBefore = shop,
                 .besideAfter = shop,
                 .first = {shops},
                 .fresh = {.set = "shop_code = 's{d}'"}});
  const Application one{.set = "shop_code = 's{d}'"};
  const Application many{
      .beside = {"UPDATE item_shops SET shop_code = 's{d}' WHERE item_id = {id}"}};
  out.push_back({.name = "reference becomes many",
                 .before = "shop: ref Shop?",
                 .after = "shops: many Shop",
                 .migration = "rename Item.shop -> shops",
                 .besideBefore = shop,
                 .besideAfter = shop,
                 .columns = {{"shop_code", "'s0'"}},
                 .first = {shops},
                 .old = one,
                 .fresh = many});
  out.push_back({.name = "many become a reference",
                 .before = "shops: many Shop",
                 .after = "shop: ref Shop?",
                 .migration = "rename Item.shops -> shop  approve narrow Item.shops \"one each\"",
                 .besideBefore = shop,
                 .besideAfter = shop,
                 .first = {shops},
                 .then = {"INSERT INTO item_shops (item_id, shop_code) SELECT id, 's0' FROM item"},
                 .old = many,
                 .fresh = one});
  const std::string part =
      "entity Part { key item: ref Item on delete cascade  carrier: string(20)? }";
  const Application whole{.set = "carrier = 'c{n}'"};
  const Application parts{.beside = {"UPDATE part SET carrier = 'c{n}' WHERE item_id = {id}"}};
  out.push_back({.name = "entity becomes two",
                 .before = "carrier: string(20)?",
                 .after = "",
                 .migration = "split Item -> Item, Part by item up { carrier = carrier } down { "
                              "carrier = carrier }",
                 .besideAfter = part,
                 .columns = {{"carrier", kText}},
                 .old = whole,
                 .fresh = parts});
  out.push_back({.name = "two entities become one",
                 .before = "",
                 .after = "carrier: string(20)?",
                 .migration = "merge Item, Part -> Item by item up { carrier = carrier } down { "
                              "carrier = carrier }",
                 .besideBefore = part,
                 .then = {"INSERT INTO part (item_id, carrier) SELECT id, 'c' FROM item"},
                 .old = parts,
                 .fresh = whole});
  out.push_back({.name = "entity renamed",
                 .before = "title: string(40)",
                 .after = "title: string(40)",
                 .migration = "rename Item -> Thing",
                 .columns = {{"title", kText}},
                 .old = {.set = "title = 't{n}'"},
                 .fresh = {.set = "title = 't{n}'", .table = "thing"},
                 .renamed = "Thing"});
  out.push_back({.name = "entity dropped",
                 .before = "",
                 .after = "",
                 .migration = "approve drop Extra \"unused\"",
                 .besideBefore = "entity Extra { key id: int64  word: string(40) }",
                 .then = {"INSERT INTO extra (id, word) SELECT id, name FROM item"},
                 .old = {.beside = {"UPDATE extra SET word = 'w{n}' WHERE id = {id}"}}});
  return out;
}

}  // namespace

const std::vector<LoadKind>& loadKinds() {
  static const std::vector<LoadKind> all = [] {
    std::vector<LoadKind> out;
    for (auto* some : {ofProperties, ofRules, ofTables})
      for (auto& kind : some()) out.push_back(std::move(kind));
    return out;
  }();
  return all;
}

}  // namespace cambium::bench
