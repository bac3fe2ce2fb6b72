#include "compiler/plan/renames.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "compiler/catalog/sql.h"

namespace cambium::plan {
namespace {

using catalog::Catalog;
using catalog::Table;
using catalog::Traits;

using Names = std::set<std::string>;

bool speaksOf(const std::string& sql, const Names& columns, const Traits& traits) {
  return !sql.empty() && std::ranges::any_of(columns, [&](const auto& name) {
    return catalog::mentions(sql, name, traits);
  });
}

bool hasAny(const std::vector<std::string>& list, const Names& columns) {
  return std::ranges::any_of(list, [&](const auto& name) { return columns.count(name) > 0; });
}

// What of one table has to be away meanwhile.
struct Followers {
  Names columns;  // computed ones
  Names checks, indexes, foreignKeys;
};

Followers followersOf(const Table& table, const Names& renamed, const Traits& traits) {
  Followers out;
  Names all = renamed;
  // What is computed over it, and over that again.
  for (bool more = true; more;) {
    more = false;
    for (const auto& column : table.columns) {
      if (out.columns.count(column.name) || !speaksOf(column.generatedSql, all, traits)) continue;
      out.columns.insert(column.name);
      all.insert(column.name);
      more = true;
    }
  }
  for (const auto& check : table.checks)
    if (speaksOf(check.sql, all, traits)) out.checks.insert(check.name);
  for (const auto& index : table.indexes) {
    // The conditions and expressions of one are texts; a plain column of it follows.
    const bool conditional = !index.whereSql.empty();
    const bool goes =
        speaksOf(index.whereSql, all, traits) ||
        std::ranges::any_of(index.parts, [&](const auto& part) {
          if (part.column.empty()) return speaksOf(part.sql, all, traits);
          return out.columns.count(part.column) > 0 || (conditional && all.count(part.column));
        });
    if (goes) out.indexes.insert(index.name);
  }
  for (const auto& fk : table.foreignKeys)
    if (hasAny(fk.columns, out.columns)) out.foreignKeys.insert(fk.name);
  return out;
}

// Each of `list` that is named, as operations of the kind that `make` gives; `back`: in the order
// in which they stand, else the other way round.
template <class List, class Make>
void add(const List& list, const Names& names, bool back, Make make, std::vector<Operation>& out) {
  std::vector<Operation> made;
  for (const auto& one : list)
    if (names.count(one.name)) made.push_back(make(one));
  if (!back) std::ranges::reverse(made);
  std::ranges::move(made, std::back_inserter(out));
}

}  // namespace

std::vector<Operation> withoutFollowers(const std::vector<Operation>& operations,
                                        const Catalog& now, const Traits& traits) {
  std::map<std::string, Names> renamed;
  for (const auto& op : operations)
    if (const auto* rename = std::get_if<RenameColumn>(&op))
      renamed[rename->table].insert(rename->from);
  if (traits.renameFollowed || renamed.empty()) return operations;

  std::vector<Operation> before, between, behind;
  for (const auto& entry : renamed) {
    const std::string& name = entry.first;
    const Table* table = now.findTable(name);
    if (!table) return operations;
    Followers gone = followersOf(*table, entry.second, traits);
    add(
        table->foreignKeys, gone.foreignKeys, false,
        [&](const auto& fk) {
          return DropForeignKey{name, fk};
        },
        before);
    add(
        table->indexes, gone.indexes, false,
        [&](const auto& index) {
          return DropIndex{name, index};
        },
        before);
    add(
        table->checks, gone.checks, false,
        [&](const auto& check) {
          return DropCheck{name, check};
        },
        before);
    add(
        table->columns, gone.columns, false,
        [&](const auto& column) {
          return DropColumn{name, column, {}, {}};
        },
        before);
    // The table as the renames alone would leave it, were they followed.
    Catalog alone;
    alone.put(*table);
    for (const auto& op : operations) {
      const auto* rename = std::get_if<RenameColumn>(&op);
      if (!rename || rename->table != name) continue;
      if (!apply(op, alone, traits).empty()) return operations;
      if (gone.columns.erase(rename->from))
        gone.columns.insert(rename->to);
      else
        between.push_back(op);
    }
    const Table& after = *alone.findTable(name);
    add(
        after.columns, gone.columns, true,
        [&](const auto& column) {
          return AddColumn{name, column, {}, {}};
        },
        behind);
    add(
        after.checks, gone.checks, true,
        [&](const auto& check) {
          return AddCheck{name, check};
        },
        behind);
    add(
        after.indexes, gone.indexes, true,
        [&](const auto& index) {
          return CreateIndex{name, index};
        },
        behind);
    add(
        after.foreignKeys, gone.foreignKeys, true,
        [&](const auto& fk) {
          return AddForeignKey{name, fk};
        },
        behind);
  }
  std::vector<Operation> out;
  size_t left = static_cast<size_t>(std::ranges::count_if(
      operations, [](const auto& op) { return std::holds_alternative<RenameColumn>(op); }));
  bool begun = false;
  for (const auto& op : operations) {
    if (!std::holds_alternative<RenameColumn>(op)) {
      out.push_back(op);
      continue;
    }
    if (!begun) {
      std::ranges::copy(before, std::back_inserter(out));
      std::ranges::copy(between, std::back_inserter(out));
    }
    begun = true;
    if (--left == 0) std::ranges::copy(behind, std::back_inserter(out));
  }
  return out;
}

}  // namespace cambium::plan
