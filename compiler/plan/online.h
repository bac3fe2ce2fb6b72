// plan/online.h: forms of an operation that keep nobody out for long, where Traits say that the
// database has them: a constraint holds for what is written first and for every row later, in a
// step of its own; a required column is such a check first; tables that refer to each other are
// created before they do.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"

namespace cambium::plan {

class Online {
public:
  explicit Online(const catalog::Traits& traits) : traits_(traits) {}

  // A step over these operations begins.
  void begin(const std::vector<Operation>&);
  // What is done at once in place of the operation on what is there `now`; the rest is remembered.
  std::vector<Operation> inParts(const Operation&, const catalog::Catalog& now);
  // Before a step that takes constraints away which its undo brings back: they no longer say that
  // they hold for every row. So they come back for what is written, and the rows are looked at in
  // the undo of this step. None: there are no such constraints.
  std::vector<Step> loosened(const std::vector<Operation>& step, const catalog::Catalog& now) const;
  // A table is to be known by these columns, which may still be empty: a step before that one, in
  // which a check says of what is written that they are not; what looks at the rows is left for
  // later. nullopt: there is no such column, or the database has no such checks.
  std::optional<Step> proveKey(const catalog::Table&, const std::vector<std::string>& key);
  // The checks of proveKey() go with the step that makes the key.
  std::vector<Operation> proven(const std::string& table, const std::vector<std::string>& key,
                                const catalog::Catalog& now);
  // References to tables that came later in the step, each once.
  std::vector<Operation> references();
  // The step is this one: what it leaves for later has its cause.
  void end(const Step&);
  // The steps that do what was left, without numbers and undo.
  std::vector<Step> later(Phase, const catalog::Catalog& now);

private:
  struct Later {
    std::string table, name;
    bool foreignKey = false;
    std::string column;  // that is required from then on; "" = none
    Span cause = {};
    std::string change = {};
  };
  std::vector<Operation> createTable(CreateTable, const catalog::Catalog& now);
  std::vector<Operation> dropTable(const DropTable&, const catalog::Catalog& now);
  std::vector<Operation> addColumn(AddColumn);
  std::vector<Operation> require(const AlterColumn&);
  catalog::Check requiredCheck(const std::string& table, const std::string& column) const;
  Operation addCheck(const std::string& table, catalog::Check);
  Operation addForeignKey(const std::string& table, catalog::ForeignKey);

  const catalog::Traits& traits_;
  std::set<std::string> created_, dropped_;             // tables of the step
  std::set<std::pair<std::string, std::string>> keys_;  // columns that become a key in it
  std::vector<Operation> ahead_;
  std::vector<Later> later_;
  size_t told_ = 0;  // of later_, those that have a cause
};

}  // namespace cambium::plan
