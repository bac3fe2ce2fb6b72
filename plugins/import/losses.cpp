// What is not carried over, as a list: from the reasons in the elements.
#include <algorithm>

#include "plugins/import/write.h"

namespace cambium::importing {
namespace {

void add(std::vector<Loss>& out, Span at, std::string what, const std::string& why) {
  if (!why.empty()) out.push_back({at, std::move(what), why});
}

std::string columnsOf(const Index& index) {
  std::vector<std::string> names;
  for (const IndexPart& part : index.parts)
    names.push_back(part.column.empty() ? "…" : part.column);
  return listed(names);
}

// One line for all columns of a table whose types lose the same.
void ofTypes(const Table& table, std::vector<Loss>& out) {
  std::vector<std::string> told;
  for (const Column& first : table.columns) {
    const std::string& loss = first.type.loss;
    if (loss.empty() || !first.lost.empty() || std::ranges::find(told, loss) != told.end())
      continue;
    told.push_back(loss);
    std::vector<std::string> names;
    for (const Column& column : table.columns)
      if (column.type.loss == loss && column.lost.empty())
        names.push_back(table.name + "." + column.name);
    constexpr size_t kShown = 4;
    const size_t more = names.size() > kShown ? names.size() - kShown : 0;
    if (more > 0) names.resize(kShown);
    add(out, first.at,
        "the exact type of " + listed(names) +
            (more > 0 ? " (and " + std::to_string(more) + " more)" : ""),
        loss);
  }
}

bool changesCase(const SqlExpr& e) {
  return (e.kind == SqlKind::call && (e.text == "upper" || e.text == "lower")) ||
         std::ranges::any_of(e.args, changesCase);
}

// Other databases change the case of any letter.
void ofCase(const Schema& schema, const Table& table, std::vector<Loss>& out) {
  if (schema.dialect == "sqlite") return;
  const auto tell = [&](Span at, const SqlExpr& e, const std::string& what) {
    if (changesCase(e))
      add(out, at, "the case of letters beyond a to z in " + what,
          "`lower` and `upper` of the language change no others");
  };
  for (const Column& column : table.columns) {
    const std::string what = "column `" + table.name + "." + column.name + "`";
    if (!column.lost.empty()) continue;
    if (column.computed) tell(column.computed->at, column.computed->expr, what);
    if (column.defaultValue && column.defaultValue->lost.empty())
      tell(column.defaultValue->at, column.defaultValue->expr, "the default of " + what);
  }
  for (const Index& index : table.indexes) {
    if (!index.lost.empty()) continue;
    SqlExpr all;
    for (const IndexPart& part : index.parts)
      if (part.column.empty()) all.args.push_back(part.expr);
    if (index.where) all.args.push_back(*index.where);
    tell(index.at, all, (index.unique ? "the unique `" : "the index `") + index.name + "`");
  }
  for (const Check& check : table.checks)
    if (check.lost.empty())
      tell(check.at, check.expr,
           check.name.empty() ? "a check of `" + table.name + "`" : "check `" + check.name + "`");
}

void ofTable(const Schema& schema, const Table& table, std::vector<Loss>& out) {
  for (const Column& column : table.columns) {
    const std::string what = "column `" + table.name + "." + column.name + "`";
    add(out, column.at, what, column.lost);
    if (!column.lost.empty()) continue;
    if (column.defaultValue)
      add(out, column.defaultValue->at, "the default of " + what, column.defaultValue->lost);
    const bool isKey =
        table.primaryKey.size() == 1 && schema.same(table.primaryKey[0], column.name);
    if (column.autoIncrement && !isKey)
      add(out, column.at, "the counting of " + what, "only a key of one number counts by itself");
  }
  ofTypes(table, out);
  for (const ForeignKey& key : table.foreignKeys) {
    add(out, key.at,
        key.name.empty() ? "the foreign key on " + listed(key.columns) + " of `" + table.name + "`"
                         : "foreign key `" + key.name + "`",
        key.lost);
    if (key.lost.empty())
      add(out, key.at,
          "the other side of the reference from `" + table.name + "` to `" + key.table + "`",
          key.inverseLost);
  }
  for (const Index& index : table.indexes)
    add(out, index.at,
        (index.unique ? "the unique " : "the index ") +
            (index.name.empty() ? "on " + columnsOf(index) + " of `" + table.name + "`"
                                : "`" + index.name + "`"),
        index.lost);
  for (const Check& check : table.checks)
    add(out, check.at,
        check.name.empty() ? "a check of `" + table.name + "`" : "check `" + check.name + "`",
        check.lost);
  ofCase(schema, table, out);
}

}  // namespace

std::vector<Loss> lossesOf(const Schema& schema) {
  std::vector<Loss> out = schema.losses;
  for (const Object& object : schema.objects)
    add(out, object.at,
        object.kind + " `" + object.name + "`" +
            (object.table.empty() ? "" : " of `" + object.table + "`"),
        object.why);
  for (const Enum& e : schema.enums) {
    add(out, e.at, "enum `" + e.name + "`", e.lost);
    if (!e.lost.empty()) continue;
    for (const EnumValue& value : e.values)
      if (value.member != value.text)
        add(out, e.at, "the value `" + value.text + "` of enum `" + e.name + "`",
            "a member is a name: it is stored as `" + value.member + "`");
  }
  for (const Alias& alias : schema.aliases) {
    add(out, alias.at, "domain `" + alias.name + "`", alias.lost);
    if (alias.lost.empty())
      add(out, alias.at, "the exact type of domain `" + alias.name + "`", alias.type.loss);
    if (alias.where && alias.lost.empty())
      add(out, alias.where->at, "the check of domain `" + alias.name + "`", alias.where->lost);
  }
  for (const ManyToMany& relation : schema.relations) {
    add(out, relation.at,
        "the relation between `" + relation.table + "` and `" + relation.otherTable + "`",
        relation.lost);
    if (relation.lost.empty() && !relation.between.empty())
      add(out, relation.at, "the table `" + relation.between + "`",
          "the table of a `many` and its columns have names of their own: its pairs are to be "
          "copied");
  }
  for (const Table& table : schema.tables) {
    add(out, table.at, "table `" + table.name + "`", table.lost);
    if (table.lost.empty()) ofTable(schema, table, out);
  }
  std::ranges::stable_sort(out, {}, [](const Loss& loss) {
    return std::tuple(loss.at.file.index(), loss.at.begin, loss.what);
  });
  return out;
}

}  // namespace cambium::importing
