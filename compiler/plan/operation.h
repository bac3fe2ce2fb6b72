// plan/operation.h: everything that a plan can do to a database: a closed list. Each dialect emits
// each of them (or answers that it never needs it, because its Traits make the planner choose
// another), the simulation applies each of them, and each has an inverse.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/base/form_of.h"
#include "compiler/catalog/catalog.h"
#include "compiler/catalog/traits.h"

namespace cambium::plan {

struct CreateTable {
  catalog::Table table;
};  // with its checks, foreign keys and indexes
// With `keptAs` its rows stay for a time, under that name (catalog/kept.h); to everybody else it is
// gone.
struct DropTable {
  catalog::Table table;
  std::string keptAs = {};
};
struct RenameTable {
  std::string from, to;
};
struct AddColumn {
  std::string table;
  catalog::Column column;
  std::optional<catalog::Check> check;            // over this column alone
  std::optional<catalog::ForeignKey> foreignKey;  // of this column alone
};
struct DropColumn {
  std::string table;
  catalog::Column column;
  std::optional<catalog::Check> check;
  std::optional<catalog::ForeignKey> foreignKey;
  std::string keptAs = {};  // as of DropTable: its values
};
struct RenameColumn {
  std::string table, from, to;
};
struct AlterColumn {
  std::string table;
  catalog::Column from, to;
};  // in place: type, nullability, default
// Rows are known by other columns. Either list may be empty: then a unique index over the columns
// of the other one stands for the key, `created` as the key goes or `dropped` as it comes; where
// both are there, `dropped` is an index over `to` that the new key makes superfluous.
struct AlterKey {
  std::string table;
  std::vector<std::string> from, to;
  std::optional<catalog::Index> created, dropped;
};
struct CommentTable {
  std::string table, from, to;
};
struct AddCheck {
  std::string table;
  catalog::Check check;
};
struct DropCheck {
  std::string table;
  catalog::Check check;
};
struct RenameCheck {
  std::string table;
  catalog::Check check;  // as it is called before
  std::string to;
};
struct AddForeignKey {
  std::string table;
  catalog::ForeignKey foreignKey;
};
struct DropForeignKey {
  std::string table;
  catalog::ForeignKey foreignKey;
};
// Every row is looked at, and the constraint holds for all of them; or, on the way back, no longer
// says so.
struct ValidateCheck {
  std::string table, name;
  bool validated = true;
};
struct ValidateForeignKey {
  std::string table, name;
  bool validated = true;
};
struct CreateIndex {
  std::string table;
  catalog::Index index;
};
struct DropIndex {
  std::string table;
  catalog::Index index;
};
struct RenameIndex {
  std::string table;
  catalog::Index index;  // as it is called before
  std::string to;
};
struct CreateTrigger {
  catalog::Trigger trigger;
};
struct DropTrigger {
  catalog::Trigger trigger;
};
struct CreateView {
  catalog::View view;
};
struct DropView {
  catalog::View view;
};
// The table is made anew in the form `to` and takes over the rows: each entry of `copy` is a column
// of `to` and the SQL over a row of `from` that fills it (generated columns are left out). Indexes
// are made anew; triggers and views on it are kept.
struct RebuildTable {
  catalog::Table from, to;
  std::vector<std::pair<std::string, std::string>> copy;
  // Columns of `from` that `to` lacks and whose values stay: what they are kept as.
  std::vector<std::pair<std::string, std::string>> kept = {};
};
// Rows where `pending` holds get `set`, in batches by key range; never overwrites a value that
// somebody wrote meanwhile (`pending` is tested in the update).
struct Backfill {
  std::string table;
  std::vector<std::string> key;
  std::vector<std::pair<std::string, std::string>> set;  // column, SQL over the row
  std::string pending;                                   // SQL over the row
  // What the batches write to, if it is more than `pending`: not every database lets a statement
  // read what a trigger writes that it sets off.
  std::string touches = {};
};
// `countSql` must yield 0.
struct Verify {
  std::string table;
  std::string countSql;
  std::string message;
  std::string help = {};  // what to do beside correcting the rows; "" = nothing
};
// Rows of `table` whose `column` refers to a row that goes get another one before. Where the column
// is one of a key, `others` are the rest of it: of two rows that would become one, one stays.
struct RowMove {
  std::string table, column;
  std::vector<std::string> others;
  std::string to;  // the other one's key, as SQL
};
// A row that the model demands comes (no `from`), goes (no `to`) or changes. May run twice.
struct WriteRow {
  std::optional<catalog::Row> from, to;
  std::vector<RowMove> moves = {};  // of one that goes
};
// The policies of a table, all at once; row security is on while there are any.
struct ChangePolicies {
  std::string table;
  std::vector<catalog::Policy> from, to;
};
// What roles may do with a table or a view, all at once.
struct ChangeGrants {
  std::string table;
  std::vector<catalog::Grant> from, to;
  bool view = false;
};
// Of the server, so it may be there already, and stays when nothing here speaks of it any more.
// Whoever has the role `heirOf` has this one, too, from then on; "" = nobody has it.
struct CreateRole {
  std::string role;
  std::string heirOf = {};
};
// Before that, whoever has it gets `heir`, as of CreateRole.
struct ForgetRole {
  std::string role;
  std::string heir = {};
};
struct SwitchVersion {
  std::string from, to;
};  // the active version of the environment

using OperationForms =
    std::variant<CreateTable, DropTable, RenameTable, AddColumn, DropColumn, RenameColumn,
                 AlterColumn, AlterKey, CommentTable, AddCheck, DropCheck, RenameCheck,
                 AddForeignKey, DropForeignKey, ValidateCheck, ValidateForeignKey, CreateIndex,
                 DropIndex, RenameIndex, CreateTrigger, DropTrigger, CreateView, DropView,
                 RebuildTable, Backfill, Verify, WriteRow, ChangePolicies, ChangeGrants, CreateRole,
                 ForgetRole, SwitchVersion>;

// One of the forms: for std::visit, std::get_if and the like the variant that it is. What a variant
// of so many forms needs to be copied, moved and destroyed is compiled once (operation_forms.cpp),
// not in every file that has a vector of them.
class Operation : public OperationForms {
public:
  Operation();
  template <class Form>
  requires isFormOf<Form, OperationForms> Operation(Form);
  Operation(const Operation&);
  Operation(Operation&&) noexcept;
  Operation& operator=(const Operation&);
  Operation& operator=(Operation&&) noexcept;
  ~Operation();
};

// Applies the operation to a catalog in memory. Returns what stands in the way ("table `x` is not
// there"), "" = done.
std::string apply(const Operation&, catalog::Catalog&, const catalog::Traits&);

// The operation that leads back to where it started; nothing for one that changes no schema
// (Backfill, Verify).
std::optional<Operation> inverse(const Operation&);

}  // namespace cambium::plan
