// bench/load_kinds.h: the kinds of change whose cost for others is measured.
#pragma once

#include <string>
#include <vector>

namespace cambium::bench {

struct LoadKind {
  std::string name;
  // Members of the entity Item, beside its key and its name; declarations beside it.
  std::string before, after, migration, beside = "";
  // The columns of `before` and what row number n has there: `T` is a text with n in it, other
  // words are SQL over n.
  std::vector<std::pair<std::string, std::string>> columns = {};
  // What a writer of each version sets beside the name; {n} is a number.
  std::string oldSet = "", newSet = "";
  // Besides, somebody reads the table in one long transaction after the other.
  bool longReader = false;
};

const std::vector<LoadKind>& loadKinds();

}  // namespace cambium::bench
