// runner/frontier.h: how many steps of a script are in force in a live database, judged by the
// catalog alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/emit/script.h"

namespace cambium::runner {

struct Mismatch {
  std::string object;    // "table `client`"
  unsigned step = 0;     // after which it should look otherwise; 0 = before the first
  bool present = false;  // there, but another
  bool wanted = false;   // should be there
};

// In one pass over the script: the state of each object that any step touches is compared with what
// it should be after k steps, for every k.
class Frontier {
public:
  Frontier(const emit::Script&, const catalog::Catalog& live);
  bool holdsAt(size_t k) const { return holds_[k]; }
  // The number of steps in force: what the ledger says if the catalog agrees; otherwise the nearest
  // later state (going forward) or earlier one (undoing) that only steps with facts in the catalog
  // lie between. Nothing = the catalog is in no state that this script explains.
  std::optional<size_t> find(size_t ledgerSays, bool undoing) const;
  // The step that the catalog is in the middle of (one whose operations commit one by one), if it
  // is the one behind the first `ledgerSays`, or the last of them.
  std::optional<size_t> findWithin(size_t ledgerSays) const;
  // What is not as it should be after k steps.
  std::vector<Mismatch> mismatches(size_t k) const;

private:
  using Object = std::pair<std::string, std::string>;
  bool isWithin(size_t k) const;

  const emit::Script& script_;
  std::map<Object, std::string> live_;
  std::vector<bool> holds_;
};

std::string toString(const Mismatch&);

}  // namespace cambium::runner
