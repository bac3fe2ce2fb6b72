// db/access.h: policies and grants as the server keeps them. What the catalog cannot say of them is
// opaque: restrictive policies, rights that the language does not know, rights of roles that are
// not the model's, and an owner without a right of his own.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/dialect/session.h"
#include "plugins/postgres/postgres.h"

namespace cambium::dialect::postgres {

// Whether the notes say what the server has, by its fingerprint; the last compares texts.
using IsSaid = std::function<bool(const std::vector<Note>&, const std::string& fingerprint,
                                  const std::function<bool()>&)>;

// `where`: condition over a row `c` of pg_class. The first column is the table's oid.
std::string policyQuery(const std::string& where);
std::optional<catalog::Policy> policyOf(const Row&, const IsSaid&);
catalog::Opaque opaquePolicy(const Row&);

// Whether the table with the roles of the model is there, and what is in it.
std::string roleTableQuery();
std::string roleQuery();

struct FoundGrants {
  std::map<std::string, std::vector<catalog::Grant>> grants;  // by table or view
  std::vector<catalog::Opaque> others;
};
// `name`: SQL of what to call a relation `c`.
std::string grantQuery(const std::string& name, const std::string& where);
FoundGrants grantsOf(const std::vector<Row>&, const std::set<std::string>& roles);

}  // namespace cambium::dialect::postgres
