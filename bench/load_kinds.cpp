#include "bench/load_kinds.h"

namespace cambium::bench {
namespace {

std::vector<LoadKind> make() {
  std::vector<LoadKind> out;
  const std::string text = "T";
  out.push_back({.name = "required property, filled",
                 .before = "",
                 .after = "note: string(20)",
                 .migration = "fill Item.note = \"filled\"",
                 .newSet = "note = 'n{n}'"});
  out.push_back({.name = "renamed",
                 .before = "title: string(40)",
                 .after = "heading: string(40)",
                 .migration = "rename Item.title -> heading",
                 .columns = {{"title", text}},
                 .oldSet = "title = 't{n}'",
                 .newSet = "heading = 't{n}'"});
  out.push_back({.name = "converted",
                 .before = "amount: int64",
                 .after = "total: string(30)",
                 .migration = "rename Item.amount -> total  convert Item.amount up "
                              "to_string(amount) down to_int64(total)",
                 .columns = {{"amount", "n"}},
                 .oldSet = "amount = {n}",
                 .newSet = "total = '{n}'"});
  out.push_back({.name = "index",
                 .before = "code: string(20)",
                 .after = "code: string(20)  index (code)",
                 .migration = "",
                 .columns = {{"code", text}},
                 .oldSet = "code = 'c{n}'",
                 .newSet = "code = 'c{n}'"});
  out.push_back({.name = "unique",
                 .before = "code: string(20)",
                 .after = "code: string(20) @unique",
                 .migration = "",
                 .columns = {{"code", text}}});
  out.push_back({.name = "check",
                 .before = "amount: int64",
                 .after = "amount: int64  check some: amount >= 0",
                 .migration = "",
                 .columns = {{"amount", "n"}},
                 .oldSet = "amount = {n}",
                 .newSet = "amount = {n}"});
  out.push_back({.name = "reference, filled",
                 .before = "",
                 .after = "shop: ref Shop",
                 .migration = "fill Item.shop = \"s0\"",
                 .beside = "entity Shop { key code: string(9) }",
                 .newSet = "shop_code = 's0'"});
  out.push_back({.name = "another key",
                 .before = "key id: int64  code: string(20) @unique",
                 .after = "key code: string(20)  id: int64 @unique",
                 .migration = "",
                 .columns = {{"code", text}}});
  out.push_back({.name = "stored computed",
                 .before = "amount: int64",
                 .after = "amount: int64  twice: int64 = amount * 2 computed stored",
                 .migration = "",
                 .columns = {{"amount", "n"}},
                 .oldSet = "amount = {n}",
                 .newSet = "amount = {n}"});
  out.push_back({.name = "dropped",
                 .before = "legacy: string(40)?",
                 .after = "",
                 .migration = "approve drop Item.legacy \"unused\"",
                 .columns = {{"legacy", text}},
                 .oldSet = "legacy = 'l{n}'"});
  for (const char* again : {"renamed", "index", "check"})
    for (size_t i = 0; i < 10; ++i)
      if (out[i].name == again) {
        LoadKind slow = out[i];
        slow.name += ", long reader";
        slow.longReader = true;
        out.push_back(std::move(slow));
      }
  return out;
}

}  // namespace

const std::vector<LoadKind>& loadKinds() {
  static const std::vector<LoadKind> all = make();
  return all;
}

}  // namespace cambium::bench
