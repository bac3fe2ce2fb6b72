// bench/load_kinds.h: the kinds of change whose cost for others is measured.
#pragma once

#include <string>
#include <vector>

namespace cambium::bench {

// How applications of one version go about a row. {n} is a number, {d} its last digit, {id} the
// row's key.
struct Application {
  std::string set = "";  // what a writer sets besides the name
  std::string table = "item";
  // What it writes in other tables, in one transaction with the row.
  std::vector<std::string> beside = {};
};

struct LoadKind {
  std::string name;
  // Members of the entity Item, beside its key and its name; declarations beside it in the one
  // version and in the other.
  std::string before, after, migration = "", besideBefore = "", besideAfter = "";
  // The columns of `before` and what row number n has there: `T` is a text with n in it, other
  // words are SQL over n.
  std::vector<std::pair<std::string, std::string>> columns = {};
  // Rows of other tables: those that are there before the items, and those behind them.
  std::vector<std::string> first = {}, then = {};
  Application old = {}, fresh = {};
  // The new name of Item, with its members, where it is not that.
  std::string renamed = "";
};

const std::vector<LoadKind>& loadKinds();

}  // namespace cambium::bench
