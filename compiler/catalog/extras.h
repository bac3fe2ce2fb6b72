// catalog/extras.h: what a live database has beside what its model describes, and that somebody has
// agreed to leave there: enums and functions of the database, views of others, tables without a
// key. They are known by what they are called and what they look like; whoever compares the
// database with a model or runs a plan in it leaves them out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/catalog/catalog.h"

namespace cambium::catalog {

struct Extra {
  std::string object;  // as Difference::object: "enum rating", "index film.by_text"
  std::string facts;   // as Difference::actual
  // A check that has no name in the database and this one in the model: the same thing.
  std::string name = {};
  friend auto operator<=>(const Extra&, const Extra&) = default;
};
using Extras = std::vector<Extra>;  // sorted

// Whether a difference is something that may stay beside the model. A column may not: it is part of
// each row that applications write, and of each copy of its table.
bool mayStay(const Difference&);

// Divides what compare() found: what may stay, and the rest.
std::pair<Extras, std::vector<Difference>> divide(std::vector<Difference> found);

// The differences that remain where these extras are known: extras that are new, look otherwise
// (changed) or are gone (missing), and whatever else differs.
std::vector<Difference> without(const Extras& known, std::vector<Difference> found);

// Takes the checks out that only have no name in the database: what the model says is there.
Extras nameless(std::vector<Difference>& found);

// Those that are still in the database, as they look there now.
Extras present(const Extras&, const Catalog& live);

// Takes them, whatever they look like by now, out of a catalog, and gives those without a name
// theirs. What has a name nowhere is known by its facts alone.
void leaveOut(Catalog&, const Extras&);
// Whether any of them is part of the table.
bool concerns(const Extras&, std::string_view table);

}  // namespace cambium::catalog
