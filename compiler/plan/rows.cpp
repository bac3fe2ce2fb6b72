// The rows that the model demands: tags. A new one comes before anybody of the new version looks
// for it; one that is called otherwise or has other words changes at the switch; one that goes
// stays while the old version may still give it.
#include <algorithm>
#include <iterator>
#include <map>

#include "compiler/diff/merges.h"
#include "compiler/plan/node.h"

namespace cambium::plan {
namespace {

using catalog::Row;

class Rows {
public:
  explicit Rows(Context& c) : c_(c) {}

  void run() {
    for (size_t i = 0; i < c_.changes.changes.size(); ++i) note(c_.changes.changes[i], i);
    for (const Row& row : c_.plan.before.rows) old_[row.table][row.key] = &row;
    for (const Row& row : c_.plan.after.rows) table(row);
    for (auto& [name, operations] : added_) write(Transition::rowAdd, name, operations);
    for (auto& [name, operations] : changed_) write(Transition::rowChange, name, operations);
    for (const auto& [table, rows] : old_) {
      if (!c_.plan.after.findTable(c_.tableAfter(table))) continue;  // it goes with its rows
      std::vector<Operation> gone;
      for (const auto& [key, row] : rows)
        gone.push_back(WriteRow{atContract(*row), std::nullopt, movesFrom(*row)});
      if (gone.empty()) continue;
      write(Transition::rowRemove, table, gone);
      const auto removal = c_.nodes.size() - 1;
      afterThoseWhoRefer(table, removal);
    }
  }

private:
  // A tag by its new table and key: what it was, taken out of the old rows.
  void table(const Row& row) {
    const std::string& before = c_.tableBefore(row.table);
    Row now = row;
    now.table = before;  // until contract
    auto& rows = old_[before];
    auto was = rows.find(oldKey(row));
    if (was == rows.end()) {
      added_[before].push_back(WriteRow{std::nullopt, now});
      return;
    }
    if (*was->second != now) changed_[before].push_back(WriteRow{*was->second, now});
    rows.erase(was);
  }

  void note(const diff::Change& change, size_t index) {
    const auto group = [&](const auto* one) {
      if (one) changeOf_.try_emplace(one->group, index);
    };
    group(std::get_if<diff::AddTag>(&change));
    const auto* drop = std::get_if<diff::DropTag>(&change);
    group(drop);
    if (const auto into = drop ? diff::mergedInto(c_.changes, *drop) : std::string(); !into.empty())
      if (const auto entity = c_.a().findEntity(drop->group))
        into_[{c_.from.table(*entity), literal(drop->tag)}] = literal(into);
    group(std::get_if<diff::RenameTag>(&change));
    group(std::get_if<diff::ChangeTag>(&change));
    const auto* rename = std::get_if<diff::RenameTag>(&change);
    const auto entity = rename ? c_.b().findEntity(rename->group) : std::nullopt;
    if (entity) oldKey_[{c_.to.table(*entity), literal(rename->newTag)}] = literal(rename->oldTag);
  }

  // What rows that have a tag get instead, if the migration says so. The columns are those of the
  // new version: as it wants them by then.
  std::vector<RowMove> movesFrom(const Row& row) const {
    const auto into = into_.find({row.table, row.key});
    if (into == into_.end()) return {};
    std::vector<RowMove> out;
    for (const auto& table : c_.plan.after.tables)
      for (const auto& fk : table.foreignKeys) {
        if (fk.table != c_.tableAfter(row.table) || fk.columns.size() != 1) continue;
        RowMove move{table.name, fk.columns.front(), {}, into->second};
        const auto& key = table.primaryKey;
        if (std::ranges::find(key, move.column) != key.end())
          std::ranges::copy_if(key, std::back_inserter(move.others),
                               [&](const auto& name) { return name != move.column; });
        out.push_back(std::move(move));
      }
    return out;
  }

  // A tag goes when no trigger looks at those who have it any more, and their tables have their
  // names: what the database does to them then nobody carries over to where the old version looked.
  void afterThoseWhoRefer(const std::string& table, size_t removal) {
    const auto refers = [&](const catalog::Catalog& catalog, const std::string& who,
                            const std::string& target) {
      const auto* found = catalog.findTable(who);
      return found && std::ranges::any_of(found->foreignKeys,
                                          [&](const auto& fk) { return fk.table == target; });
    };
    std::vector<std::string> settled;
    for (size_t i = 0; i < removal; ++i) {
      Node& node = c_.nodes[i];
      const bool settles = node.transition == Transition::syncDrop ||
                           node.transition == Transition::tableRename ||
                           node.transition == Transition::columnDrop;
      if (!settles || !(refers(c_.plan.before, node.table, table) ||
                        refers(c_.plan.after, c_.tableAfter(node.table), c_.tableAfter(table))))
        continue;
      node.provides.push_back("tagged:" + node.table);
      settled.push_back("tagged:" + node.table);
    }
    for (size_t i = removal; i < c_.nodes.size(); ++i)
      c_.nodes[i].needs.insert(c_.nodes[i].needs.end(), settled.begin(), settled.end());
  }

  // The key that a renamed tag had.
  std::string oldKey(const Row& row) const {
    const auto renamed = oldKey_.find({row.table, row.key});
    return renamed == oldKey_.end() ? row.key : renamed->second;
  }

  std::string literal(const std::string& text) const {
    ir::Expr e;
    e.kind = ir::ExprKind::literal;
    e.type.scalar = ir::Scalar::text;
    e.text = text;
    return c_.traits.literal(e);
  }

  // Tables are renamed before rows go.
  Row atContract(Row row) const {
    row.table = c_.tableAfter(row.table);
    return row;
  }

  const ir::TagGroup* groupOf(const std::string& table) const {
    const auto find = [&](const ir::Model& model, const catalog::Lowered& lowered) {
      for (const auto& group : model.tagGroups) {
        const auto entity = model.findEntity(group.name);
        if (entity && lowered.table(*entity) == table) return &group;
      }
      return static_cast<const ir::TagGroup*>(nullptr);
    };
    const auto* group = find(c_.b(), c_.to);
    return group ? group : find(c_.a(), c_.from);
  }

  void write(Transition transition, const std::string& table,
             const std::vector<Operation>& operations) {
    const auto* group = groupOf(c_.tableAfter(table));
    std::string keys;
    for (const auto& operation : operations) {
      const auto& write = std::get<WriteRow>(operation);
      if (!keys.empty()) keys += ", ";
      if (write.from && write.to && write.from->key != write.to->key)
        keys += write.from->key + " → " + write.to->key;
      else
        keys += write.to ? write.to->key : write.from->key;
      if (!write.moves.empty()) keys += " (rows get " + write.moves.front().to + ")";
    }
    auto& node = c_.add(transition, table, table + " rows", table + ": " + keys, changeOf(group),
                        group ? group->span : Span{});
    node.operations = operations;
    node.needs.push_back("table:" + table);
  }

  size_t changeOf(const ir::TagGroup* group) const {
    const auto at = group ? changeOf_.find(group->name) : changeOf_.end();
    return at == changeOf_.end() ? Node::kNoChange : at->second;
  }

  Context& c_;
  std::map<std::string, std::map<std::string, const Row*>> old_;  // by table and key
  std::map<std::string, std::vector<Operation>> added_, changed_;
  std::map<std::string, size_t> changeOf_;                             // by group
  std::map<std::pair<std::string, std::string>, std::string> oldKey_;  // by new table and key
  std::map<std::pair<std::string, std::string>, std::string> into_;    // by old table and key
};

}  // namespace

void addRows(Context& c) {
  Rows(c).run();
}

}  // namespace cambium::plan
