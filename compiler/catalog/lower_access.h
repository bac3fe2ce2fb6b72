// catalog/lower_access.h: roles, grants and policies as a database has them, and what it does not
// enforce of them. Private to this folder. Warnings: DDL008, one for each role (its grants go with
// it) and each policy; DDL011, a view of which a grant alone shows nothing; DDL077, a table whose
// policies look where a role may not.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/catalog/lower_names.h"
#include "compiler/catalog/traits.h"
#include "compiler/diagnostics/diagnostic.h"

namespace cambium::catalog {

struct ActionWords {
  ir::AccessAction action;
  const char* sql;
  const char* word;
};
inline constexpr std::array<ActionWords, 4> kActions = {
    {{ir::AccessAction::read, "SELECT", "read"},
     {ir::AccessAction::insert, "INSERT", "insert"},
     {ir::AccessAction::update, "UPDATE", "update"},
     {ir::AccessAction::remove, "DELETE", "delete"}}};

inline const ActionWords& wordsOf(ir::AccessAction action) {
  return kActions[static_cast<size_t>(action)];
}

class AccessLowerer {
public:
  // Whether the dialect can say an expression; it has told of what it cannot.
  using Speakable = std::function<bool(const ir::Expr&, Span)>;
  AccessLowerer(const ir::Model&, const Placement&, const Traits&, DiagnosticSink&, Speakable);

  // Roles, and what the tables of `catalog` get; before the views are lowered.
  void tables(Catalog& catalog);
  // The options of a view that reads these tables, by its name in the model.
  const std::string& viewOptions(const ir::View&, const std::string& sql, const Catalog&);
  std::vector<Grant> grantsOn(const ir::View&) const;
  // What is not enforced.
  void warn() const;

private:
  struct Columns {
    bool all = false;
    std::vector<std::string> some;
  };
  using Allowed = std::map<std::pair<std::string, std::string>, Columns>;  // by role and action

  void roles(Catalog&);
  std::string roleName(const std::string& role) const;
  std::vector<std::string> roleNames(const std::vector<std::string>& roles) const;
  std::vector<Grant> grantsOn(ir::EntityId) const;
  void allow(Allowed&, const ir::Grant&, ir::AccessAction, const std::vector<std::string>& columns,
             bool all) const;
  static std::vector<Grant> listed(const Allowed&, const std::vector<std::string>& columns);
  // ---- lower_policies.cpp
  std::vector<Policy> policiesOf(ir::EntityId);
  // The condition as one over columns of the entity's own table and sub-selects (lookups.h);
  // nullopt where there is no such form.
  std::optional<std::string> conditionOf(const ir::Expr&, ir::EntityId);
  // The one reference that every path of the expression begins with; nullopt = there is none.
  std::optional<ir::PropertyId> onlyWay(const ir::Expr&, ir::EntityId) const;
  void junctions(Catalog&);
  void findShutOut(const Catalog&);
  Span spanOf(const std::string& table) const;
  // The columns of the entity's own table that hold what the path leads to; none where it leaves
  // the table.
  std::vector<std::string> own(ir::EntityId, const std::vector<std::string>& path, size_t at) const;
  bool staysAtHome(const ir::Expr&, ir::EntityId) const;
  std::string ownSql(const ir::Expr&, ir::EntityId, bool asTerm) const;

  const ir::Model& model_;
  const Placement& placement_;
  const Traits& traits_;
  DiagnosticSink& sink_;
  Speakable speakable_;
  std::map<std::string, std::string, std::less<>> roleNames_;  // by the name in the model
  std::vector<const ir::Policy*> open_;                        // policies that are not enforced
};

}  // namespace cambium::catalog
